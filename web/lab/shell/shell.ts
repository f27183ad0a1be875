import { html, nothing, type TemplateResult } from 'lit'
import { apiRoot } from '../../catalog/api.ts'
import { brand } from '../../styles/brand.ts'
import type { AppContext } from '../app-context.ts'
import { copyWithMessage } from '../control-message.ts'
import { VIEWS, type View, writeState } from '../state/state.ts'
import { skeleton } from '../status.ts'
import { engineControl } from './engine-control.ts'
import { presentationCorner, startPresentation } from './presentation.ts'
import { startTour, tourPanel } from './tour.ts'

/** Titles of the views. */
export const TITLES: Record<View, string> = {
  explore: 'Explore',
  sample: 'Sample',
  styles: 'Styles',
  interpolate: 'Interpolate',
  reconstruct: 'Reconstruct',
  compare: 'Compare',
  train: 'Train',
  paper: 'Paper',
}

/** What the page shows around and inside the view. */
export interface Frame {
  body: TemplateResult | undefined
  /** The error if the view's script could not be loaded. */
  failure: string | undefined
  /** Reloads the page with the state in its address. */
  reload(): void
  messages: readonly string[]
  /** The latest text for screen readers. */
  spoken: string
  dismiss(message: string): void
}

/** The page: a header with the views, the view itself, messages, and a footer with the engine and links. */
export function shell(app: AppContext, frame: Frame): TemplateResult {
  return html`
    <a class="skip" href="#main">Skip to the view</a>
    <header class="head">
      <a class="brand" href=${writeState({ ...app.state, view: 'explore' }) || '.'} @click=${follow(app, 'explore')}>
        ${brand}
      </a>
      <nav aria-label="Views">${VIEWS.map(view => link(app, view))}<a href="convert/">Convert</a></nav>
      <button class="quiet tour-start" @click=${() => startTour(app)}>Five-step tour</button>
    </header>
    <main id="main" tabindex="-1" aria-busy=${frame.body ? 'false' : 'true'}>
      ${frame.messages.map(
        message => html`<p class="message" role="status">
          <span>${message}</span>
          <button class="quiet" @click=${() => frame.dismiss(message)} aria-label="Dismiss this message">×</button>
        </p>`,
      )}
      ${frame.failure ? failed(frame.failure, frame.reload) : nothing}
      ${frame.body ?? (frame.failure ? nothing : skeleton(app, 'Fetching this view…'))}
    </main>
    <footer class="foot">
      ${engineControl(app)}
      <a href=${new URL('../docs', apiRoot(app.state.api)).href}>The API</a>
      <button class="quiet" @click=${() => startPresentation(app)}>Present</button>
      <span class="copy-link">
        <button class="quiet" @click=${(event: Event) => copyLink(app, event)}>Copy a link to this view</button>
      </span>
      <span>No tracking. The page fetches data only from the server of these models.</span>
    </footer>
    ${tourPanel(app)} ${app.state.present ? presentationCorner(app) : nothing}
    <p class="aside" aria-live="polite">${frame.spoken}</p>
  `
}

function failed(message: string, reload: () => void): TemplateResult {
  return html`<div class="empty" role="alert">
    <p>${message}</p>
    <button class="primary" @click=${reload}>Reload</button>
  </div>`
}

function link(app: AppContext, view: View): TemplateResult {
  const here = app.state.view === view
  return html`<a
    href=${writeState({ ...app.state, view }) || '.'}
    aria-current=${here ? 'page' : nothing}
    @click=${follow(app, view)}
    >${TITLES[view]}</a
  >`
}

/** A click handler that opens a view without reloading the page. Clicks with a modifier key are left to the browser. */
function follow(app: AppContext, view: View): (event: MouseEvent) => void {
  return event => {
    if (event.ctrlKey || event.metaKey || event.shiftKey || event.button !== 0) return
    event.preventDefault()
    app.set({ view }, 'push')
    document.getElementById('main')?.focus({ preventScroll: true })
    scrollTo(0, 0)
  }
}

function copyLink(app: AppContext, event: Event): void {
  const url = new URL(writeState(app.state) || '.', location.href).href
  void copyWithMessage(event.currentTarget as Element, url, 'The link is on the clipboard.')
}
