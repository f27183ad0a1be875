import { html, type TemplateResult } from 'lit'
import type { Card } from '../../../models/card.ts'
import { cornersIn } from '../../../models/latent/corners.ts'
import { fixed } from '../../../models/print-number.ts'
import type { Model } from '../../catalog/catalog.ts'
import { ready } from '../../catalog/resource.ts'
import type { AppContext } from '../../lab/app-context.ts'
import { withClass } from '../../lab/points.ts'
import { createDrawingDialog } from '../image/drawing-dialog.ts'
import { asCorner, cardOfCorners, cornerControl, LETTERS, locateCorner } from './corners.ts'

/** The panel of a path's corners, which the visitor chooses, drags or draws. */
export interface CornerPanel {
  /** Index of the corner that a drag on the plane moves. */
  readonly selected: number
  /** Moves the selected corner. @param z [D_z] */
  move(z: Float32Array): void
  /**
   * @param located the corners' points; undefined for one that cannot be found
   * @param known whether the points of test images and draws are loaded
   */
  render(
    card: Card,
    corners: readonly string[],
    located: readonly (Float32Array | undefined)[],
    known: boolean,
  ): TemplateResult
  /** The dialog in which a corner is drawn. */
  dialog(model: Model, card: Card): TemplateResult
}

/** Creates the panel of a path's corners; the first is selected. */
export function createCornerPanel(app: AppContext): CornerPanel {
  let selected = 0
  const drawing = createDrawingDialog(app, (index, z, _, label) => move(index, z, label))
  const selectedCorner = () => Math.min(selected, app.state.corners.length - 1)

  /** @param label the class, for a conditional model; by default the corner's own */
  function move(index: number, z: Float32Array, label?: number): void {
    const model = app.model()
    const first = ready(model?.card)
    if (!model || !first) return
    const corners = cornersIn(app.state.corners, first)
    const card = ready(cardOfCorners(model, corners))
    if (!card) return
    const old = locateCorner(corners[index], card, ready(model.latents()))
    const shares = old?.slice(z.length)
    const point =
      label === undefined && shares ? Float32Array.of(...z, ...shares) : withClass(card, z, label ?? 0)
    const corner = asCorner(point, card)
    app.set({ corners: corners.map((other, i) => (i === index ? corner : other)) })
    app.say(`Corner ${LETTERS[index]} at ${Array.from(z.subarray(0, 4), v => fixed(v, 2)).join(', ')}`)
  }

  function select(index: number): void {
    selected = index
    app.refresh()
  }

  return {
    get selected() {
      return selectedCorner()
    },
    move: z => move(selectedCorner(), z),
    render(card, corners, located, known) {
      return html`<section class="corners" aria-label="Corners">
        ${corners.map((corner, index) =>
          cornerControl(app, card, corners, index, {
            selected: index === selectedCorner(),
            missing: !located[index] && (known || !/^(test|seed):/.test(corner)),
            select: () => select(index),
            draw: () => drawing.open(index),
          }),
        )}
      </section>`
    },
    dialog: (model, card) => drawing.render(model, card),
  }
}
