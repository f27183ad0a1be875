import { html, nothing, type TemplateResult } from 'lit'
import type { Card } from '../../../models/card.ts'
import { styleOfLatent } from '../../../models/latent/draws.ts'
import type { Style } from '../../../models/latent/endpoints.ts'
import type { Model } from '../../catalog/catalog.ts'
import { isImageCode, parseImage, printImage } from '../../ink/image-code.ts'
import type { AppContext } from '../../lab/app-context.ts'
import { createDrawing } from '../image/drawing-dialog.ts'
import { encodeImage } from '../image/read-image.ts'

/** The handwriting of an image that the visitor draws or uploads. The address holds the image. */
export interface OwnHand {
  /** Its style; undefined while there is no image, or it is being read. */
  style(model: Model, card: Card): Style | undefined
  /** The button that asks for an image, and the dialog. */
  render(model: Model, card: Card): TemplateResult
}

/**
 * Creates the part of the Styles view that takes a handwriting from an image, as `write` of the API does with a posted
 * one: its place in the Gaussian of the class that a conditional model reads in it.
 *
 * @param row what `hand` of the state is when this handwriting is chosen
 */
export function createOwnHand(app: AppContext, row: number): OwnHand {
  let eps: number[] | undefined
  let asked = ''
  const drawing = createDrawing(app, (_index, _z, pixels) =>
    app.set({ x: printImage(pixels, 'picture'), hand: row }, 'push'),
  )

  async function read(model: Model, card: Card, pixels: Float32Array, key: string): Promise<void> {
    try {
      const { mean, y } = await encodeImage(app, model, card, pixels)
      if (asked !== key) return
      eps = Array.from(styleOfLatent(card.latent.classes[y!.indexOf(1)], mean), toThousandths)
      app.refresh()
    } catch {
      // The message of the network that could not be fetched is shown; the next render asks again.
      if (asked === key) asked = ''
    }
  }

  return {
    style(model, card) {
      const pixels = parseImage(app.state.x, card.architecture.inputDim)
      const key = pixels ? `${model.id} ${card.version} ${app.state.x} ${app.engines.current}` : ''
      if (key !== asked) {
        asked = key
        eps = undefined
        if (pixels) void read(model, card, pixels, key)
      }
      return eps && { eps }
    },
    render: (model, card) => html`<div class="own-hand">
      <button @click=${() => drawing.open(0)}>Write in a hand of your own…</button>
      ${
        isImageCode(app.state.x)
          ? html`<button class="quiet" @click=${() => app.set({ x: 'test:0', hand: 0 })}>Remove</button>`
          : nothing
      }
      ${drawing.render(model, card)}
    </div>`,
  }
}

/** Rounded, so that the address of a text in this hand is short: no pixel changes by a grey level. */
function toThousandths(value: number): number {
  return Math.round(1000 * value) / 1000
}
