import { html, type TemplateResult } from 'lit'
import type { Curves } from '../../../models/paper/report.ts'
import type { Resource } from '../../catalog/resource.ts'
import type { AppContext } from '../../lab/app-context.ts'
import { type State, writeState } from '../../lab/state/state.ts'
import type { WorkQueue } from '../decoding.ts'

/** A part of a figure. */
export interface Panel {
  /** The resources it needs; the first call starts to fetch them. */
  needs(): Resource<unknown>[]
  /** Whether the last rendering has drawn all of it. */
  drawn(): boolean
  /** @param near whether it may begin to load; before that it is an empty box of its final size */
  render(near: boolean): TemplateResult
}

/** What all figures of the page share. */
export interface FigureShared {
  /** Runs their decodes one after another. */
  queue: WorkQueue
  /** The loss curves, fetched at the first call. */
  curves(): Resource<Curves>
}

/** What a panel of a figure is made of. */
export interface PanelOptions {
  shared: FigureShared
  app: AppContext
  /** Id of the model, or name of the result. */
  id: string
  /** The panel's title within the figure. */
  title: string
  /** Whether the prior is drawn on an AE's plane too, because samples are drawn from it. */
  prior: boolean
}

/** A panel's title, as a link to the view that shows the same. */
export function panelTitle(
  app: AppContext,
  title: string,
  state: Partial<State>,
  more?: TemplateResult,
): TemplateResult {
  return html`<header class="panel-title">${open(app, title, state)} ${more ?? ''}</header>`
}

/** A link to a state of another view, which is shown from its top. */
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

/** The index of the image of a sheet that was clicked, row by row. */
export function cellAt(event: PointerEvent, columns: number, rows: number): number {
  const { width, height } = (event.target as HTMLElement).getBoundingClientRect()
  const along = (offset: number, length: number, n: number) =>
    Math.max(0, Math.min(n - 1, Math.floor((offset / length) * n)))
  return along(event.offsetY, height, rows) * columns + along(event.offsetX, width, columns)
}
