import { html, nothing, type TemplateResult } from 'lit'
import { ready } from '../catalog/resource.ts'
import type { AppContext } from './app-context.ts'
import { modelPicker, summary } from './model-picker.ts'

/** A view's heading: what the view is for, the model, and the model's main facts. */
export function heading(
  app: AppContext,
  title: string,
  lead: TemplateResult | string,
  more?: TemplateResult | typeof nothing,
): TemplateResult {
  const card = ready(app.model()?.card)
  return html`<div class="heading">
    <div>
      <h1>${title}</h1>
      <p class="lead">${lead}</p>
    </div>
    <div class="heading-controls">
      ${modelPicker(app, 'model', app.model()?.id)} ${more ?? nothing}
      <p class="summary">${card ? summary(card) : nothing}</p>
    </div>
  </div>`
}

/** An explanation, with its equation folded away. */
export function explanation(
  title: string,
  words: TemplateResult | string,
  equation?: TemplateResult,
): TemplateResult {
  return html`<section class="lesson">
    <h2>${title}</h2>
    <p>${words}</p>
    ${equation ? html`<details><summary>The equation</summary>${equation}</details>` : nothing}
  </section>`
}
