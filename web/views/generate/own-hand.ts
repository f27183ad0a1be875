import { html, nothing, type TemplateResult } from 'lit'
import type { Card } from '../../../models/card.ts'
import { isImageCode, parseImage, printImage } from '../../../models/images/image-code.ts'
import { styleOfLatent } from '../../../models/latent/draws.ts'
import type { Style } from '../../../models/latent/endpoints.ts'
import type { Model } from '../../catalog/catalog.ts'
import type { AppContext } from '../../lab/app-context.ts'
import { createDrawingDialog } from '../image/drawing-dialog.ts'
import { encodeImage } from '../image/read-image.ts'

/** The handwriting style of an image that the visitor draws or uploads; the address holds the image. */
export interface OwnHand {
  /** The style; undefined without an image, and while it is being encoded. */
  style(model: Model, card: Card): Style | undefined
  /** The button that opens the dialog to draw or upload an image, and the dialog. */
  render(model: Model, card: Card): TemplateResult
}

/**
 * Creates the part of Styles that takes the style from an image, as the API's `write` does with a posted one: the model
 * encodes the image, and its z is expressed relative to the Gaussian of the image's class.
 *
 * @param row the state's `hand` when this handwriting is chosen
 */
export function createOwnHand(app: AppContext, row: number): OwnHand {
  let eps: number[] | undefined
  let requested = ''
  const drawing = createDrawingDialog(app, (_index, _z, pixels) =>
    app.set({ x: printImage(pixels, 'picture'), hand: row }, 'push'),
  )

  async function read(model: Model, card: Card, pixels: Float32Array, key: string): Promise<void> {
    try {
      const { mean, y } = await encodeImage(app, model, card, pixels)
      if (requested !== key) return
      eps = Array.from(styleOfLatent(card.latent.classes[y!.indexOf(1)], mean), toThousandths)
      app.refresh()
    } catch {
      // The page shows which network could not be fetched; the next rendering tries again.
      if (requested === key) requested = ''
    }
  }

  return {
    style(model, card) {
      const pixels = parseImage(app.state.x, card.architecture.inputDim)
      const key = pixels ? `${model.id} ${card.version} ${app.state.x} ${app.engines.current}` : ''
      if (key !== requested) {
        requested = key
        eps = undefined
        if (pixels) void read(model, card, pixels, key)
      }
      return eps && { eps }
    },
    render: (model, card) => html`<div class="own-hand">
      <button @click=${() => drawing.open(0)}>Write in your own handwriting…</button>
      ${
        isImageCode(app.state.x)
          ? html`<button class="quiet" @click=${() => app.set({ x: 'test:0', hand: 0 })}>Remove</button>`
          : nothing
      }
      ${drawing.render(model, card)}
    </div>`,
  }
}

/** Rounded so that addresses stay short; the change is too small to change a pixel's grey level. */
function toThousandths(value: number): number {
  return Math.round(1000 * value) / 1000
}
