import { html, nothing, type TemplateResult } from 'lit'
import type { Card } from '../../models/card.ts'
import { apiRoot } from '../catalog/api.ts'
import { type AppContext, isServed } from '../lab/app-context.ts'
import type { State } from '../lab/state.ts'
import { sourceOf } from './sample-controls.ts'

/** Milliseconds without a change before the API's picture is fetched, so that a moving slider fetches nothing. */
const REST = 400

/** The API's picture of the sample that the state describes, with its address. */
export function createApiPreview(app: AppContext): (card: Card) => TemplateResult | typeof nothing {
  let shown = ''
  let wanted = ''
  let failed = false
  let timer: ReturnType<typeof setTimeout> | undefined

  function want(url: string): void {
    if (url === wanted) return
    wanted = url
    clearTimeout(timer)
    const show = () => {
      shown = url
      failed = false
      app.refresh()
    }
    if (shown === '') show()
    else timer = setTimeout(show, REST)
  }

  function fail(): void {
    failed = true
    app.refresh()
  }

  return card => {
    if (!isServed(app, card)) return nothing
    const url = sampleUrl(app, card)
    want(url)
    return html`<section aria-label="The same from the API">
      <h2>The same from the API</h2>
      <p class="address"><a href=${url}><code>${url}</code></a></p>
      ${
        failed
          ? html`<p class="hint" role="status">The server gives no picture for this just now.</p>`
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
  return `${apiRoot(app.state.api)}models/${card.id}/${sampleQuery(app.state, card)}`
}

/** The API's operation and parameters for a state's sample. */
export function sampleQuery(state: State, card: Card): string {
  const { seed, n, temperature } = state
  const query = [`n=${n}`, `seed=${seed}`]
  const source = sourceOf(state, card)
  if (source === 'prior') query.push('from=prior')
  if (typeof source === 'number') query.push(`class=${encodeURIComponent(card.dataset.classes[source])}`)
  if (temperature !== 1) query.push(`temperature=${temperature}`)
  return `sample?${query.join('&')}`
}
