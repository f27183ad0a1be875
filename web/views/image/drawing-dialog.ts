import { html, type TemplateResult } from 'lit'
import type { Card } from '../../../models/card.ts'
import type { Model } from '../../catalog/catalog.ts'
import { ready } from '../../catalog/resource.ts'
import { createPad } from '../../ink/pad.ts'
import { readDrawing } from '../../ink/reading.ts'
import type { AppContext } from '../../lab/app-context.ts'
import { progress } from '../../lab/status.ts'
import { picture } from '../../plot/picture.ts'
import { createOwnPicture } from './own-picture.ts'
import { encodeImage } from './read-image.ts'

/** A dialog in which the visitor draws or uploads an image, for one of several uses: `index` tells which. */
export interface DrawingDialog {
  open(index: number): void
  /** Opens with a picture file that was dropped or pasted, for index 0. */
  take(file: File): void
  render(model: Model, card: Card): TemplateResult
}

/**
 * @param done called with the latents of the image (mu of a VAE, z of an AE, [D_z]), the image [D_x], and the class
 *   that a conditional model was found to reconstruct it best with
 */
export function createDrawingDialog(
  app: AppContext,
  done: (index: number, z: Float32Array, pixels: Float32Array, label: number) => void,
): DrawingDialog {
  let index = 0
  let pixels: Float32Array | undefined
  let dataset: Card['dataset'] | undefined
  const own = createOwnPicture(app, read => {
    pixels = read
  })
  const pad = createPad(
    () => app.theme.ink,
    drawing => {
      own.clear()
      if (dataset) pixels = readDrawing(drawing, dataset)
      app.refresh()
    },
  )
  const dialog = () => document.getElementById('drawing') as HTMLDialogElement
  function clear(): void {
    pad.clear()
    own.clear()
    pixels = undefined
    app.refresh()
  }

  async function use(model: Model, card: Card): Promise<void> {
    if (!pixels) return
    const { mean, y } = await encodeImage(app, model, card, pixels)
    dialog().close()
    done(index, mean, pixels, y ? y.indexOf(1) : 0)
  }

  return {
    open(next) {
      index = next
      clear()
      dialog().showModal()
    },
    take(file) {
      if (!dataset || dialog().open) return
      index = 0
      clear()
      dialog().showModal()
      void own.take(file, dataset)
    },
    render(model, card) {
      dataset = card.dataset
      const loading = pixels && !ready(model.encoder())
      return html`<dialog id="drawing" aria-labelledby="drawing-title">
        <h2 id="drawing-title">Draw an image</h2>
        <div class="drawing">
          ${pad.element}
          <figure>
            <canvas class="seen" role="img" aria-label="What the encoder is given" ${picture(pixels, card.dataset, app.theme)}></canvas>
            <figcaption class="hint">what the encoder sees</figcaption>
          </figure>
        </div>
        ${own.steps(card.dataset)}
        ${loading ? progress('Fetching the encoder', model.encoder().state, model.encoder().retry) : ''}
        <div class="actions">
          <button class="primary" ?disabled=${!pixels} @click=${() => void use(model, card)}>Use it</button>
          ${own.buttons(card.dataset)}
          <button @click=${clear}>Clear</button>
          <button @click=${() => dialog().close()}>Cancel</button>
        </div>
      </dialog>`
    },
  }
}
