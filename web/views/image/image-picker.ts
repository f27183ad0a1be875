import { html, type TemplateResult } from 'lit'
import type { Card } from '../../../models/card.ts'
import { testIndex } from '../../../models/images/image-code.ts'
import type { Latents } from '../../../models/latent/encoded-set.ts'
import { countTestImages, hasTestImage } from '../../catalog/test-images.ts'
import type { AppContext } from '../../lab/app-context.ts'
import { failure } from '../../lab/status.ts'
import { picture } from '../../plot/picture.ts'

/** Shows the chosen image, and controls that choose a test image by number, at random or by class. */
export function imagePicker(
  app: AppContext,
  card: Card,
  latents: Latents | undefined,
  pixels: Float32Array | undefined,
): TemplateResult {
  const index = testIndex(app.state.x)
  const count = latents?.images ?? 10_000
  const label = index === undefined ? undefined : latents?.label?.[index]
  const choose = (next: number) =>
    app.set({ x: `test:${Math.max(0, Math.min(count - 1, Math.floor(next) || 0))}` })
  function chooseRandom(wanted?: number): void {
    const from = Math.floor(Math.random() * count)
    for (let step = 0; step < count; step++) {
      const candidate = (from + step) % count
      if (wanted === undefined || latents?.label?.[candidate] === wanted) {
        choose(candidate)
        break
      }
    }
  }
  return html`<div class="picker">
    <figure class="original" ?hidden=${index !== undefined && !hasTestImage(card.dataset.name, index)}>
      <canvas role="img" aria-label="The image that is encoded" ${picture(pixels, card.dataset, app.theme)}></canvas>
      <figcaption class="hint">
        ${index === undefined ? 'your image' : html`test image ${index}${label === undefined ? '' : `, class ${card.dataset.classes[label]}`}`}
      </figcaption>
    </figure>
    ${index === undefined ? '' : hasTestImage(card.dataset.name, index) ? sheetState(app, card.dataset.name, index) : noImage(card.dataset.name)}
    <div class="pick" role="group" aria-label="Test images">
      <label class="field"
        ><span class="label">Test image</span>
        <input
          type="number"
          min="0"
          max=${count - 1}
          .value=${String(index ?? '')}
          @change=${(e: Event) => choose(Number((e.target as HTMLInputElement).value))}
      /></label>
      <button @click=${() => chooseRandom()}>Random</button>
      ${card.dataset.classes.map(
        (name, i) =>
          html`<button class="small" aria-label=${`A test image of class ${name}`} title=${`A test image of class ${name}`} @click=${() => chooseRandom(i)}>${name}</button>`,
      )}
    </div>
  </div>`
}

function noImage(dataset: string): TemplateResult {
  const some = countTestImages(dataset)
  return html`<p class="hint">
    This page has ${some === 0 ? 'no images' : `only the first ${some} images`} of this data set: it shows
    reconstructions instead.
  </p>`
}

function sheetState(app: AppContext, dataset: string, index: number): TemplateResult | string {
  const sheet = app.testImages.sheet(dataset, index)
  if (sheet.state.status === 'failed') return failure(sheet.state.message, sheet.retry)
  return sheet.state.status === 'loading'
    ? html`<p class="hint" role="status">Fetching the test images…</p>`
    : ''
}
