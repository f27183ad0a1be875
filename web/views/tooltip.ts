import { html, type TemplateResult } from 'lit'
import type { Card } from '../../models/card.ts'
import { decode, type Lab } from '../lab/app-context.ts'
import { type Model, meanOf } from '../lab/catalog.ts'
import { ready } from '../lab/loadable.ts'
import { picture } from '../lab/picture.ts'
import { hasTestImage, testImage, testSheet } from '../lab/test-images.ts'

/** A test image under the pointer, and where that is in CSS pixels. */
export interface Hovered {
  index: number
  x: number
  y: number
}

/** The test image behind a point, beside the pointer; its reconstruction where the page has no image. */
export function tooltip(lab: Lab, model: Model, card: Card, { index, x, y }: Hovered): TemplateResult {
  const label = ready(model.latents())?.label?.[index]
  const name = label === undefined ? undefined : card.dataset.classes[label]
  const pixels = hasTestImage(card.dataset.name, index)
    ? ready(testSheet(card.dataset.name, lab.refresh)) && testImage(card.dataset.name, index)
    : reconstruction(lab, model, index)
  return html`<div class="tooltip" style=${`translate: ${x}px ${y}px`} aria-hidden="true">
    <canvas ${picture(pixels, card.dataset)}></canvas>
    <span>${name === undefined ? '' : html`<b>${name}</b>`} test image ${index}</span>
  </div>`
}

/** What the decoder makes of a test image's mean: only from the engine that answers at once, not with a request a move. */
function reconstruction(lab: Lab, model: Model, index: number): Float32Array | undefined {
  const [decoder, latents] = [ready(model.decoder()), ready(model.latents())]
  if (!decoder || !latents || lab.engines.current !== 'plain') return undefined
  const outputs = decode(lab, decoder, meanOf(latents, index))
  return outputs instanceof Promise ? undefined : outputs.xhat
}
