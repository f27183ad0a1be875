import { html, nothing, type TemplateResult } from 'lit'
import type { Card } from '../../../models/card.ts'
import { type Latents, meanOf, pickImages } from '../../../models/latent/encoded-set.ts'
import { type Resource, ready } from '../../catalog/resource.ts'
import { hasTestImage } from '../../catalog/test-images.ts'
import type { AppContext } from '../../lab/app-context.ts'
import { createDecoding, type Decoded, type WorkQueue } from '../decoding.ts'
import { identify, labels, titleOfId } from '../model-labels.ts'
import { cellAt, go, type Panel } from './panel.ts'
import { sheet } from './sheet-canvas.ts'

/** How many images are in a row: with two blocks side by side, and with one block over the whole width. */
const COUNTS = { two: 10, one: 20 }

/** In a window as narrow as this, a row of 20 images becomes two. */
export const NARROW = matchMedia('(max-width: 640px)')

/** The size of each data set's images, for the layout before a card is loaded. */
const SIZES: Record<string, { name: string; width: number; height: number }> = {
  mnist: { name: 'mnist', width: 28, height: 28 },
  'fashion-mnist': { name: 'fashion-mnist', width: 28, height: 28 },
  freyface: { name: 'freyface', width: 20, height: 28 },
}

/**
 * Test images as each model reconstructs them, a row for each model, below the images themselves if the page has them.
 *
 * @param figure ids of all models of the figure
 * @param ids those that the server has
 */
export function createReconstructions(
  app: AppContext,
  queue: WorkQueue,
  figure: readonly string[],
  ids: readonly string[],
): Panel {
  const size = SIZES[identify(ids[0])?.data ?? ''] ?? SIZES.mnist
  const hasOriginals = hasTestImage(size.name, 0)
  const kinds = [...Map.groupBy(figure, id => identify(id)?.kind ?? '')]
  const count = kinds.length > 1 ? COUNTS.two : COUNTS.one
  const columns = () => (NARROW.matches ? COUNTS.two : count)
  const decodings = new Map(ids.map(id => [id, createDecoding(app, queue)]))
  let originals: Float32Array | undefined
  let picked: number[] = []
  let done = false

  function row(id: string): Decoded {
    const model = app.catalog.model(id)
    const [decoder, latents] = [ready(model.decoder()), ready(model.latents())]
    if (!decoder || !latents) return { pixels: undefined, current: false }
    // All models of a figure encode the same test images.
    if (picked.length === 0) picked = pickImages(latents.label, latents.images, count)
    return decodings.get(id)!(decoder, picked.join(), () => meansOf(latents, picked))
  }

  function openImage(event: PointerEvent, among: readonly string[]): void {
    const index = picked[cellAt(event, columns(), count / columns())]
    if (index !== undefined) go(app, { view: 'reconstruct', model: among[0], among, x: `test:${index}` })
  }

  function block([kind, all]: [string, string[]], near: boolean): TemplateResult | typeof nothing {
    const members = all.filter(id => ids.includes(id))
    if (members.length === 0) return nothing
    const title = labels(all)
    const rows = near ? members.map(row) : []
    done &&= near && rows.every(one => one.current)
    const line = (label: string, pixels: Float32Array | undefined, alt: string) => html`<div class="row">
      <span class="row-label">${label}</span>
      <canvas
        class="row-canvas"
        role="img"
        aria-label=${alt}
        style=${`aspect-ratio: ${columns() * size.width} / ${(count / columns()) * size.height}`}
        @click=${(event: PointerEvent) => openImage(event, members)}
        ${sheet(pixels, size as Card['dataset'], app.theme, columns())}
      ></canvas>
    </div>`
    return html`<div class="block" role="group" aria-label=${kind.toUpperCase()}>
      ${kinds.length > 1 ? html`<p class="block-title">${kind.toUpperCase()}</p>` : nothing}
      ${hasOriginals ? line('original', originals, 'The test images') : nothing}
      ${members.map((id, i) => line(title.get(id)!, rows[i]?.pixels, `Reconstructions by ${titleOfId(id)}`))}
    </div>`
  }

  return {
    needs() {
      const all: Resource<unknown>[] = ids.flatMap(id => {
        const model = app.catalog.model(id)
        return [model.card, model.latents(), model.decoder()]
      })
      return hasOriginals ? [...all, app.testImages.sheet(size.name, 0)] : all
    },
    drawn: () => done,
    render(near) {
      if (near && hasOriginals && !originals && picked.length > 0)
        originals = imagesOf(app, size.name, picked)
      done = near && (!hasOriginals || originals !== undefined)
      return html`<div class=${kinds.length > 1 ? 'reconstructions' : 'reconstructions whole'} data-panel="reconstructions">
        ${kinds.map(one => block(one, near))}
        ${hasOriginals ? nothing : html`<p class="hint">${NO_FRAMES}</p>`}
      </div>`
    },
  }
}

const NO_FRAMES =
  'The frames themselves are not shown: FreyFace states no licence, so none of them is part of this page.'

/** The means of these test images, [n, D_z]. */
function meansOf(latents: Latents, indices: readonly number[]): Float32Array {
  return Float32Array.from(indices.flatMap(index => Array.from(meanOf(latents, index))))
}

/** The images, [n, D_x]; undefined until their sheets have been fetched. */
function imagesOf(app: AppContext, dataset: string, indices: readonly number[]): Float32Array | undefined {
  const images = indices.map(index => app.testImages.image(dataset, index))
  if (images.some(image => !image)) return undefined
  return Float32Array.from(images.flatMap(image => Array.from(image as Float32Array)))
}
