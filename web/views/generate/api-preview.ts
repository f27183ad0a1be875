import { html, nothing, type TemplateResult } from 'lit'
import type { Card } from '../../../models/card.ts'
import { sampleQuery, sampleSource } from '../../../models/first-view.ts'
import { apiRoot } from '../../catalog/api.ts'
import { type AppContext, isServed } from '../../lab/app-context.ts'
import type { State } from '../../lab/state/state.ts'

/**
 * The API's picture is fetched this many milliseconds after the last change, so that a moving slider fetches nothing.
 */
const PAUSE_MS = 400

/** Creates the panel with the API's address and picture of the state's sample. */
export function createApiPreview(app: AppContext): (card: Card) => TemplateResult | typeof nothing {
  let shown = ''
  let wanted = ''
  let failed = false
  let timer: ReturnType<typeof setTimeout> | undefined

  function showLater(url: string): void {
    if (url === wanted) return
    wanted = url
    clearTimeout(timer)
    const show = () => {
      shown = url
      failed = false
      app.refresh()
    }
    if (shown === '') show()
    else timer = setTimeout(show, PAUSE_MS)
  }

  function fail(): void {
    failed = true
    app.refresh()
  }

  return card => {
    if (!isServed(app, card)) return nothing
    const url = sampleUrl(app, card)
    showLater(url)
    return html`<section aria-label="The same from the API">
      <h2>The same from the API</h2>
      <p class="address"><a href=${url}><code>${url}</code></a></p>
      ${
        failed
          ? html`<p class="hint" role="status">The server has no picture of this at the moment.</p>`
          : html`<img
              class="api-sheet"
              src=${`${shown}&format=png&scale=2`}
              alt=${`The API’s sheet for seed ${app.state.seed}`}
              @error=${fail}
            />`
      }
    </section>`
  }
}

function sampleUrl(app: AppContext, card: Card): string {
  return `${apiRoot(app.state.api)}models/${card.id}/${sampleQueryOf(app.state, card)}`
}

/** The API's operation and query that give the state's sample. */
export function sampleQueryOf({ n, seed, from, temperature }: State, card: Card): string {
  return sampleQuery(card, { n, seed, source: sampleSource(from, card), temperature })
}
