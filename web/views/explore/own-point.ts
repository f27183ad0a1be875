import { html, nothing, type TemplateResult } from 'lit'
import type { Card } from '../../../models/card.ts'
import type { Model } from '../../catalog/catalog.ts'
import { parseImage, printImage } from '../../ink/image-code.ts'
import { readsDigits } from '../../ink/reading.ts'
import type { AppContext } from '../../lab/app-context.ts'
import { picture } from '../../plot/picture.ts'
import type { Gaussian2, Projection } from '../../plot/projection.ts'
import { createDrawing } from '../image/drawing-dialog.ts'
import { posteriorOn, type Reading, readImage } from '../image/read-image.ts'

/** The visitor's own image on the plane: where the encoder puts it, and the cloud around. The address holds it. */
export interface OwnPoint {
  /** The image's place and posterior on a plane; undefined while there is none. */
  on(projection: Projection): { mu: Float32Array; posterior: Gaussian2 | undefined } | undefined
  /** The button that draws one, and the image once there is one. */
  render(model: Model, card: Card): TemplateResult
  /** Opens the dialog to draw one; `take` with a picture file. */
  open(): void
  take(file: File): void
}

/** Creates the part of the view that places the visitor's own image on the plane. */
export function createOwnPoint(app: AppContext): OwnPoint {
  let reading: Reading | undefined
  let asked = ''
  let kind: 'drawing' | 'picture' = 'picture'
  const place = (z: Float32Array, pixels: Float32Array, label: number) =>
    app.set({ z: [...z], y: label, x: printImage(pixels, kind) }, 'push')
  const drawing = createDrawing(app, (_, z, pixels, label) => place(z, pixels, label))

  function update(model: Model, card: Card): Float32Array | undefined {
    const pixels = parseImage(app.state.x, card.architecture.inputDim)
    const key = pixels ? `${model.id} ${app.state.x} ${app.engines.current}` : ''
    if (key === asked) return pixels
    asked = key
    reading = undefined
    if (pixels) {
      readImage(app, model, card, pixels, app.state.seed).then(
        read => {
          if (asked === key) reading = read
          app.refresh()
        },
        () => {
          if (asked === key) asked = ''
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
        <button @click=${() => drawing.open(0)}>Put your own on the plane…</button>
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
