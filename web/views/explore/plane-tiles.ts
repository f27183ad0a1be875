import type { Card } from '../../../models/card.ts'
import type { Network } from '../../catalog/catalog.ts'
import { type AppContext, createLatestRunner, decode } from '../../lab/app-context.ts'
import { classOf, withClass } from '../../lab/points.ts'
import { createChangeTest } from '../../plot/change-test.ts'
import { drawSheet } from '../../plot/picture.ts'
import type { Frame } from '../../plot/plane/plane-frame.ts'
import { moveTo, type Projection } from '../../plot/plane/projection.ts'

const SIDE = 10

/** A picture of decoded points, to be drawn over the plane. */
export interface Tiles {
  canvas: HTMLCanvasElement
}

/**
 * Creates a function that decodes a 10×10 grid of points over the visible square, again only when the square, the model
 * or the theme changes. It returns the last picture until the next one is decoded.
 */
export function createTiles(app: AppContext) {
  let made: Tiles | undefined
  const hasChanged = createChangeTest()
  const queue = createLatestRunner(() => {})
  return (
    decoder: Network,
    card: Card,
    projection: Projection,
    z: Float32Array,
    frame: Frame,
  ): Tiles | undefined => {
    const { centre, half } = frame
    const label = classOf(app.state, card)
    const offPlane = moveTo(projection, z, 0, 0).map(value => Math.round(value * 1e4))
    const shown = [decoder.model, decoder.version, projection.names, centre, half, offPlane, label].join('|')
    if (!hasChanged(shown, app.theme)) return made
    const points = cellCentres(projection, z, centre, half)
    queue(async () => {
      const outputs = await decode(app, decoder, withClass(card, points, label))
      const canvas = document.createElement('canvas')
      drawSheet(canvas, outputs.xhat, card.dataset, app.theme, SIDE, true)
      made = { canvas }
      app.refresh()
      return outputs
    })
    return made
  }
}

/** The centres of the grid's cells, row by row from the top: [SIDE², D_z]. */
function cellCentres(
  projection: Projection,
  z: Float32Array,
  centre: [number, number],
  half: number,
): Float32Array {
  const points = new Float32Array(SIDE * SIDE * z.length)
  const along = (i: number) => ((2 * i + 1) / SIDE - 1) * half
  for (let row = 0; row < SIDE; row++) {
    for (let column = 0; column < SIDE; column++) {
      const point = moveTo(projection, z, centre[0] + along(column), centre[1] - along(row))
      points.set(point, (row * SIDE + column) * z.length)
    }
  }
  return points
}
