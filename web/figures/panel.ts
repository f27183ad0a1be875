import { html, type TemplateResult } from 'lit'
import type { Resource } from '../catalog/resource.ts'
import type { AppContext } from '../lab/app-context.ts'
import { type State, writeState } from '../lab/state.ts'

/** A part of a figure: what it waits for, and how it looks, before that and after. */
export interface Panel {
  /** What it shows is fetched from when this is first called. */
  needs(): Resource<unknown>[]
  /** Whether all of it is drawn, as far as the last rendering knows. */
  drawn(): boolean
  /** @param near whether it may begin: until then it keeps its place free */
  render(near: boolean): TemplateResult
}

/** Makes the panel of one model of a figure. */
export interface PanelOptions {
  app: AppContext
  /** Id of the model, or name of the result. */
  id: string
  /** What it is called in its figure. */
  title: string
  /** Whether the prior of an AE, which it was not trained with, is drawn because images are drawn from it. */
  prior: boolean
}

/** A panel's name, which opens what it shows in a view of its own. */
export function panelTitle(
  app: AppContext,
  title: string,
  state: Partial<State>,
  more?: TemplateResult,
): TemplateResult {
  return html`<header class="panel-title">${open(app, title, state)} ${more ?? ''}</header>`
}

/** A link to a state of the page, whose view begins at its top. */
export function open(app: AppContext, text: string | TemplateResult, patch: Partial<State>): TemplateResult {
  const follow = (event: MouseEvent) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey || event.button !== 0) return
    event.preventDefault()
    go(app, patch)
  }
  return html`<a href=${writeState({ ...app.state, ...patch }) || '.'} @click=${follow}>${text}</a>`
}

/** Goes to a state of another view. */
export function go(app: AppContext, patch: Partial<State>): void {
  app.set(patch, 'push')
  document.getElementById('main')?.focus({ preventScroll: true })
  scrollTo(0, 0)
}

/** The image of a sheet that was clicked, counted row by row. */
export function cellAt(event: PointerEvent, columns: number, rows: number): number {
  const { width, height } = (event.target as HTMLElement).getBoundingClientRect()
  const along = (offset: number, length: number, n: number) =>
    Math.max(0, Math.min(n - 1, Math.floor((offset / length) * n)))
  return along(event.offsetY, height, rows) * columns + along(event.offsetX, width, columns)
}
