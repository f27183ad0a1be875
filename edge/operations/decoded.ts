import { z } from '@hono/zod-openapi'
import type { Card } from '../../models/card.ts'
import { splitPoints } from '../../models/latent/draws.ts'
import type { Result } from './operation.ts'
import { toPixelRows, toRows } from './rows.ts'

/** Lists of numbers, one list a row. */
export const Rows = z.array(z.array(z.number()))

/** Height and width of an image. */
export const Shape = z.array(z.int()).length(2).openapi({ description: 'Height and width of an image' })

/** The JSON of operations that decode latents. */
export const Decoded = z.object({
  z: Rows.openapi({ description: 'Latents, D_z numbers each, exactly as float32' }),
  y: Rows.optional().openapi({
    description: 'Conditional models only: a share for each class; they sum to 1',
  }),
  xhat: Rows.openapi({ description: 'Images, row by row, intensities from 0 to 1 to six decimals' }),
  shape: Shape,
})

/** Latents as a field of JSON; for a conditional model also the shares of classes. */
export function pointFields(card: Card, points: Float32Array): { z: number[][]; y?: number[][] } {
  const { latentDim, classes = 0 } = card.architecture
  const { z, y } = splitPoints(points, card.architecture)
  return { z: toRows(z, latentDim), ...(y && { y: toRows(y, classes) }) }
}

/** The result of decoding points. @param columns images in a row of the picture */
export function decodedResult(card: Card, points: Float32Array, xhat: Float32Array, columns: number): Result {
  const { height, width } = card.dataset
  return {
    images: { pixels: xhat, height, width, columns },
    tensor: { data: xhat, shape: [xhat.length / (height * width), height, width] },
    json: () => ({
      ...pointFields(card, points),
      xhat: toPixelRows(xhat, height * width),
      shape: [height, width],
    }),
  }
}
