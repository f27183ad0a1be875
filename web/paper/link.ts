import { html, type TemplateResult } from 'lit'
import { ready } from '../catalog/resource.ts'
import type { AppContext } from '../lab/app-context.ts'
import { type State, writeState } from '../lab/state/state.ts'

/** A link to another state of the page; with `anchor`, to a section of it. */
export function open(
  app: AppContext,
  title: TemplateResult | string,
  patch: Partial<State>,
  anchor?: string,
): TemplateResult {
  const follow = (event: MouseEvent) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return
    event.preventDefault()
    app.set(patch, 'push')
    if (anchor) document.getElementById(anchor)?.scrollIntoView()
  }
  const address = (writeState({ ...app.state, ...patch }) || '.') + (anchor ? `#${anchor}` : '')
  return html`<a href=${address} @click=${follow}>${title}</a>`
}

/** A model's name, as a link to the model if this server has it. */
export function modelLink(app: AppContext, id: string, title: string): TemplateResult | string {
  const has = ready(app.catalog.list)?.some(model => model.available && model.id === id)
  return has ? open(app, title, { view: 'explore', model: id, z: [], hide: [] }) : title
}
