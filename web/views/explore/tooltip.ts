import { html, type TemplateResult } from 'lit'
import type { Card } from '../../../models/card.ts'
import type { Model } from '../../catalog/catalog.ts'
import { ready } from '../../catalog/resource.ts'
import type { AppContext } from '../../lab/app-context.ts'
import { picture } from '../../plot/picture.ts'
import type { Hovered } from '../../plot/plane/plane-content.ts'
import type { TestPicture } from './test-picture.ts'

/** A tooltip with the test image at a point. */
export function tooltip(
  app: AppContext,
  model: Model,
  card: Card,
  { index, x, y }: Hovered,
  imageOf: TestPicture,
): TemplateResult {
  const label = ready(model.latents())?.label?.[index]
  const name = label === undefined ? undefined : card.dataset.classes[label]
  return html`<div class="tooltip" style=${`translate: ${x}px ${y}px`} aria-hidden="true">
    <canvas ${picture(imageOf(index), card.dataset, app.theme)}></canvas>
    <span>${name === undefined ? '' : html`<b>${name}</b>`} test image ${index}</span>
  </div>`
}
