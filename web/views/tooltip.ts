import { html, type TemplateResult } from 'lit'
import type { Card } from '../../models/card.ts'
import type { Model } from '../catalog.ts'
import { hasTestImages, testImage, testSheet } from '../images.ts'
import type { Lab } from '../lab.ts'
import { ready } from '../loadable.ts'
import { picture } from '../picture.ts'

/** A test image under the pointer, and where that is in CSS pixels. */
export interface Hovered {
  index: number
  x: number
  y: number
}

/** The test image behind a point, beside the pointer; its number and class where the page has no image. */
export function tooltip(lab: Lab, model: Model, card: Card, { index, x, y }: Hovered): TemplateResult {
  const label = ready(model.latents())?.label?.[index]
  const name = label === undefined ? undefined : card.dataset.classes[label]
  const shows = hasTestImages(card.dataset.name)
  const pixels = shows && ready(testSheet(lab.refresh)) ? testImage(index) : undefined
  return html`<div class="tooltip" style=${`translate: ${x}px ${y}px`} aria-hidden="true">
    ${shows ? html`<canvas ${picture(pixels, card.dataset)}></canvas>` : ''}
    <span>${name === undefined ? '' : html`<b>${name}</b>`} test image ${index}</span>
  </div>`
}
