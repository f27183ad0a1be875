import { html, nothing, type TemplateResult } from 'lit'
import { apiRoot } from '../catalog/api.ts'
import { ENGINE_CHOICES, ENGINE_LABELS, type EngineChoice, type EngineName } from '../engines/engine.ts'
import type { AppContext } from './app-context.ts'
import { VIEWS, type View, writeState } from './state.ts'

/** What the views are called. */
export const TITLES: Record<View, string> = {
  explore: 'Explore',
  sample: 'Sample',
  interpolate: 'Interpolate',
  reconstruct: 'Reconstruct',
  compare: 'Compare',
  train: 'Train',
  paper: 'Paper',
}

/** What stands in and around the page's frame just now. */
export interface Frame {
  body: TemplateResult | undefined
  /** Why there is no body. */
  failure: string | undefined
  messages: readonly string[]
  /** The last text for screen readers. */
  spoken: string
  dismiss(message: string): void
}

/** The page: its head with the views and the engine, the view, and what it has to say. */
export function shell(app: AppContext, frame: Frame): TemplateResult {
  return html`
    <a class="skip" href="#main">Skip to the view</a>
    <header class="head">
      <a class="brand" href=${writeState({ ...app.state, view: 'explore' }) || '.'} @click=${follow(app, 'explore')}>
        <svg viewBox="0 0 20 20" aria-hidden="true">
          <path d="M1 2.5 8 7v6l-7 4.5zM19 2.5 12 7v6l7 4.5z" />
        </svg>
        latent-edge
      </a>
      <nav aria-label="Views">${VIEWS.map(view => link(app, view))}</nav>
      ${engineControl(app)}
    </header>
    <main id="main" tabindex="-1" aria-busy=${frame.body ? 'false' : 'true'}>
      ${frame.messages.map(
        message => html`<p class="message" role="status">
          <span>${message}</span>
          <button class="quiet" @click=${() => frame.dismiss(message)} aria-label="Put this message away">×</button>
        </p>`,
      )}
      ${frame.failure ? html`<p class="message" role="alert">${frame.failure}</p>` : nothing}
      ${frame.body ?? nothing}
    </main>
    <footer class="foot">
      <span>No tracking, and nothing is fetched from anyone but the server of these models.</span>
      <a href=${new URL('../docs', apiRoot(app.state.api)).href}>The API</a>
      <button class="quiet" @click=${() => copyLink(app)}>Copy a link to this view</button>
    </footer>
    <p class="aside" aria-live="polite">${frame.spoken}</p>
  `
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

/** A click that stays on the page; with a modifier it is the browser's. */
function follow(app: AppContext, view: View): (event: MouseEvent) => void {
  return event => {
    if (event.ctrlKey || event.metaKey || event.shiftKey || event.button !== 0) return
    event.preventDefault()
    app.set({ view }, 'push')
    document.getElementById('main')?.focus({ preventScroll: true })
    scrollTo(0, 0)
  }
}

async function copyLink(app: AppContext): Promise<void> {
  try {
    await navigator.clipboard.writeText(new URL(writeState(app.state) || '.', location.href).href)
    app.tell('The link is on the clipboard.')
  } catch {
    app.tell('This browser keeps the clipboard to itself: copy the address above instead.')
  }
}

const CHOICES: Record<EngineChoice, string> = { auto: 'Automatic', ...ENGINE_LABELS }

function engineControl(app: AppContext): TemplateResult {
  const { current, starting, time } = app.engines
  const choose = (event: Event) =>
    app.set({ engine: (event.target as HTMLSelectElement).value as EngineChoice })
  return html`<div class="engine">
    <label>
      <span class="label" aria-hidden="true">Engine</span>
      <select aria-label="Engine" @change=${choose} .value=${app.state.engine}>
        ${ENGINE_CHOICES.map(
          choice =>
            html`<option value=${choice} ?selected=${choice === app.state.engine}>${CHOICES[choice]}</option>`,
        )}
      </select>
    </label>
    <output data-engine=${current} title=${`${ENGINE_LABELS[current]} is decoding`}>
      ${starting ? `starting ${SHORT[starting]}…` : html`<b>${SHORT[current]}</b> ${time === undefined ? '' : speed(time)}`}
    </output>
  </div>`
}

const SHORT: Record<EngineName, string> = {
  plain: 'plain TS',
  wasm: 'WASM',
  webgpu: 'WebGPU',
  edge: 'edge API',
}

function speed(time: number): string {
  if (time < 0.1) return 'under 0.1 ms'
  return `${time < 10 ? time.toFixed(1) : time.toFixed(0)} ms`
}
