import { html, nothing, type TemplateResult } from 'lit'
import { type Loadable, ready } from '../catalog/resource.ts'
import type { AppContext } from './app-context.ts'

/**
 * What is shown instead of a view while the catalog or the card is loading, or if it failed; undefined once both are
 * loaded.
 */
export function loadingPlaceholder(app: AppContext): TemplateResult | undefined {
  const list = app.catalog.list
  if (list.state.status === 'failed') return failure(list.state.message, () => list.retry())
  const model = app.model()
  if (model?.card.state.status === 'failed')
    return failure(model.card.state.message, () => model.card.retry())
  if (list.state.status === 'ready' && list.state.value.length === 0) {
    return html`<p class="empty">This server has no models yet. Train and export one, and it appears here.</p>`
  }
  return ready(model?.card) ? undefined : skeleton(app, 'Fetching the model’s card…')
}

/** A placeholder for a view that is loading, with the server's picture of it if there is one. */
export function skeleton({ arrival }: AppContext, text: string): TemplateResult {
  return html`<div class="skeleton" role="status">${arrival}<span>${text}</span></div>`
}

/** An error message with a button that tries again. */
export function failure(message: string, retry: () => void): TemplateResult {
  return html`<div class="empty" role="alert">
    <p>${message}</p>
    <button @click=${retry}>Try again</button>
  </div>`
}

/** A progress line for something that is loading; nothing once it is loaded. */
export function progress(
  what: string,
  state: Loadable<unknown>,
  retry: () => void,
): TemplateResult | typeof nothing {
  if (state.status === 'ready') return nothing
  if (state.status === 'failed') return failure(state.message, retry)
  const done = state.total ? state.received / state.total : undefined
  // This is no live region: the bytes change many times a second. What was loaded is announced by the part that shows
  // it.
  return html`<p class="progress">
    <span>${what}${state.received ? ` · ${(state.received / 1000).toFixed(0)} kB` : '…'}</span>
    <progress .value=${done ?? nothing} max="1" aria-label=${what}></progress>
  </p>`
}
