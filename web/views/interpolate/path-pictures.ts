import type { Card } from '../../../models/card.ts'
import { walk } from '../../../models/latent/paths.ts'
import type { Network } from '../../catalog/catalog.ts'
import { type AppContext, createLatestRunner, decode } from '../../lab/app-context.ts'
import { createChangeTest } from '../../plot/change-test.ts'
import { drawSheet } from '../../plot/picture.ts'
import { gridBetweenCorners, pointAt } from './path.ts'

/** Images along each side of the sheet between four corners. */
const SIDE = 8

/** The decoded images of a path. */
export interface PathPictures {
  /** The image at the state's `t`, [D_x]. */
  readonly frame: Float32Array | undefined
  /** The images of all steps, or of a grid between four corners, [n, D_x], and a canvas that shows them. */
  readonly sheet: { xhat: Float32Array; canvas: HTMLCanvasElement } | undefined
  /**
   * Decodes the state's path where it has changed.
   *
   * @param stops the points of two corners; of four corners, with the first one repeated at the end
   * @returns the point at the state's `t`
   */
  update(card: Card, decoder: Network, stops: readonly Float32Array[]): Float32Array
}

/** Creates the decoded images of a path, with none decoded yet. */
export function createPathPictures(app: AppContext): PathPictures {
  let frame: Float32Array | undefined
  let sheet: PathPictures['sheet']
  const frameHasChanged = createChangeTest()
  const sheetHasChanged = createChangeTest()
  const newestFrame = createLatestRunner(outputs => {
    frame = outputs.xhat
    app.refresh()
  })
  const newestSheet = createLatestRunner(() => {})

  function updateSheet(card: Card, decoder: Network, stops: readonly Float32Array[]): void {
    const { path, steps } = app.state
    const four = stops.length > 2
    const points = four ? gridBetweenCorners(stops, SIDE, card, path) : walk(stops, steps, path, card.prior)
    newestSheet(async () => {
      const outputs = await decode(app, decoder, points)
      const label = four ? 'The square between the four corners' : `The path in ${steps} steps`
      const canvas = createStrip(label)
      drawSheet(canvas, outputs.xhat, card.dataset, app.theme, four ? SIDE : steps)
      sheet = { xhat: outputs.xhat, canvas }
      app.refresh()
      return outputs
    })
  }

  return {
    get frame() {
      return frame
    },
    get sheet() {
      return sheet
    },
    update(card, decoder, stops) {
      const { path, steps, t } = app.state
      const point = pointAt(stops, t, card, path)
      const { current } = app.engines
      if (frameHasChanged(card.id, current, point.join())) newestFrame(() => decode(app, decoder, point))
      const corners = stops.map(stop => stop.join()).join('|')
      if (sheetHasChanged(card.id, current, corners, path, steps, app.theme))
        updateSheet(card, decoder, stops)
      return point
    },
  }
}

function createStrip(label: string): HTMLCanvasElement {
  const canvas = document.createElement('canvas')
  canvas.className = 'strip'
  canvas.setAttribute('role', 'img')
  canvas.setAttribute('aria-label', label)
  return canvas
}
