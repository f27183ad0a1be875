import { z } from '@hono/zod-openapi'
import type { Card } from '../../models/card.ts'
import { classIndex } from '../../models/latent/draws.ts'
import { checkMixture, parsePoint } from '../../models/latent/endpoints.ts'
import { oneHot } from '../../models/one-hot.ts'
import { valueError } from '../../models/value-error.ts'
import { LIMITS } from '../limits.ts'
import { text } from './parameters.ts'

/** The class that a conditional model reads beside a latent or an image. */
export const ClassInput = z.strictObject({
  class: text(100)
    .optional()
    .openapi({ description: 'Conditional models only: the class, by name or index', example: '3' }),
  y: text(LIMITS.stopLength)
    .optional()
    .openapi({
      description:
        'Conditional models only, instead of class: a share for each class, separated by commas; either one list for all or ' +
        'one for each latent or image, separated by semicolons',
    }),
})
export type ClassInput = z.output<typeof ClassInput>

/**
 * The shares of classes for `n` points or images, [n, classes].
 *
 * @param posted shares that came in a body
 * @returns undefined where none are given
 * @throws ValueError when the model is not conditional, or the shares are wrong
 */
export function readClassInput(
  query: ClassInput,
  { architecture, dataset }: Card,
  n: number,
  posted?: Float32Array,
): Float32Array | undefined {
  const { classes } = architecture
  const field = query.class === undefined ? 'y' : 'class'
  const given = query.class ?? query.y
  if (given === undefined) return posted
  if (classes === undefined) throw valueError(field, 'nothing, because this model reads no class', given)
  if (posted) throw valueError(field, 'nothing, because y was posted', given)
  if (query.class !== undefined) {
    if (query.y !== undefined) throw valueError('y', 'no value together with class', query.y)
    return oneHot(new Uint8Array(n).fill(classIndex(dataset.classes, query.class)), classes)
  }
  const rows = given.split(';').map(row => checkMixture(parsePoint(row, 'y'), classes))
  if (rows.length !== 1 && rows.length !== n) throw valueError('y', `1 or ${n} lists of shares`, rows.length)
  return Float32Array.from(
    { length: n * classes },
    (_, i) => rows[rows.length === 1 ? 0 : Math.floor(i / classes)][i % classes],
  )
}
