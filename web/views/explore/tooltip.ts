import { html, type TemplateResult } from 'lit'
import type { Card } from '../../../models/card.ts'
import { meanOf } from '../../../models/latent/encoded-set.ts'
import type { Model } from '../../catalog/catalog.ts'
import { ready } from '../../catalog/resource.ts'
import { hasTestImage } from '../../catalog/test-images.ts'
import { type AppContext, decode } from '../../lab/app-context.ts'
import { withClass } from '../../lab/points.ts'
import { picture } from '../../plot/picture.ts'
import type { Hovered } from '../../plot/plane/plane-content.ts'

/** A tooltip with the test image at a point, or its reconstruction if the page does not have the image. */
export function tooltip(app: AppContext, model: Model, card: Card, { index, x, y }: Hovered): TemplateResult {
  const label = ready(model.latents())?.label?.[index]
  const name = label === undefined ? undefined : card.dataset.classes[label]
  const pixels = hasTestImage(card.dataset.name, index)
    ? app.testImages.image(card.dataset.name, index)
    : reconstruction(app, model, card, index)
  return html`<div class="tooltip" style=${`translate: ${x}px ${y}px`} aria-hidden="true">
    <canvas ${picture(pixels, card.dataset, app.theme)}></canvas>
    <span>${name === undefined ? '' : html`<b>${name}</b>`} test image ${index}</span>
  </div>`
}

/**
 * The decoded mean of a test image. Only from the engine that answers at once: others would take a request for each
 * move.
 */
function reconstruction(app: AppContext, model: Model, card: Card, index: number): Float32Array | undefined {
  const [decoder, latents] = [ready(model.decoder()), ready(model.latents())]
  if (!decoder || !latents || app.engines.current !== 'plain') return undefined
  const outputs = decode(app, decoder, withClass(card, meanOf(latents, index), latents.label?.[index] ?? 0))
  return outputs instanceof Promise ? undefined : outputs.xhat
}
