import { html, nothing, type TemplateResult } from 'lit'
import type { Card } from '../../../models/card.ts'
import { parseImage, printImage } from '../../../models/images/image-code.ts'
import type { Model } from '../../catalog/catalog.ts'
import { readsDigits } from '../../ink/reading.ts'
import type { AppContext } from '../../lab/app-context.ts'
import { picture } from '../../plot/picture.ts'
import type { Gaussian2, Projection } from '../../plot/plane/projection.ts'
import { createDrawingDialog } from '../image/drawing-dialog.ts'
import { posteriorOn, type Reading, readImage } from '../image/read-image.ts'

/**
 * The visitor's own image on the plane: the latents and the posterior that the encoder gives it. The address holds the
 * image.
 */
export interface OwnPoint {
  /** The image's mean and its posterior on a plane; undefined if there is no image. */
  on(projection: Projection): { mu: Float32Array; posterior: Gaussian2 | undefined } | undefined
  /** The button to draw or upload an image, and the image once there is one. */
  render(model: Model, card: Card): TemplateResult
  /** `open` opens the dialog to draw one; `take` opens it with a picture file. */
  open(): void
  take(file: File): void
}

/** Creates the part of Explore that shows the visitor's own image on the plane. */
export function createOwnPoint(app: AppContext): OwnPoint {
  let reading: Reading | undefined
  let requested = ''
  let kind: 'drawing' | 'picture' = 'picture'
  const keepImage = (z: Float32Array, pixels: Float32Array, label: number) =>
    app.set({ z: [...z], y: label, x: printImage(pixels, kind) }, 'push')
  const drawing = createDrawingDialog(app, (_, z, pixels, label) => keepImage(z, pixels, label))

  function update(model: Model, card: Card): Float32Array | undefined {
    const pixels = parseImage(app.state.x, card.architecture.inputDim)
    const key = pixels ? `${model.id} ${app.state.x} ${app.engines.current}` : ''
    if (key === requested) return pixels
    requested = key
    reading = undefined
    if (pixels) {
      readImage(app, model, card, pixels, app.state.seed).then(
        read => {
          if (requested === key) reading = read
          app.refresh()
        },
        () => {
          if (requested === key) requested = ''
        },
      )
    }
    return pixels
  }

  return {
    on: projection => reading && { mu: reading.mu, posterior: posteriorOn(projection, reading) },
    render(model, card) {
      kind = readsDigits(card.dataset) ? 'drawing' : 'picture'
      const pixels = update(model, card)
      const remove = () => app.set({ x: 'test:0' })
      const goThere = () => reading && app.set({ z: [...reading.mu], y: reading.label })
      return html`<div class="own-point">
        <button @click=${() => drawing.open(0)}>Put your own image on the plane…</button>
        ${
          pixels
            ? html`<button class="tile" title="Go to your image" @click=${goThere}>
                  <canvas role="img" aria-label="Your image: go to its point" ${picture(pixels, card.dataset, app.theme)}></canvas>
                </button>
                <button class="quiet" @click=${remove}>Remove</button>`
            : nothing
        }
        ${drawing.render(model, card)}
      </div>`
    },
    open: () => drawing.open(0),
    take: drawing.take,
  }
}
