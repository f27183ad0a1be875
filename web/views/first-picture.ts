import { html, nothing, type TemplateResult } from 'lit'
import type { Card } from '../../models/card.ts'
import { polarityOf } from '../../models/polarity.ts'
import { apiRoot } from '../catalog/api.ts'
import { type AppContext, isServed } from '../lab/app-context.ts'

/**
 * The server's picture of what a view is about to decode, behind the canvas that will show it. It is one small request
 * and arrives while the decoder is still loading.
 *
 * @param query operation and parameters, such as `sample?n=16&seed=7`
 * @param isDecoded whether the page shows its own picture already, which needs no other
 */
export function firstPicture(
  app: AppContext,
  card: Card,
  query: string,
  isDecoded: boolean,
): TemplateResult | typeof nothing {
  if (isDecoded || !isServed(app, card)) return nothing
  const url = `${apiRoot(app.state.api)}models/${card.id}@${card.version}/${query}&format=png`
  return html`<img
    class="first-picture ${polarityOf(card.dataset)}"
    src=${url}
    alt=""
    @error=${(event: Event) => (event.target as Element).remove()}
  />`
}
