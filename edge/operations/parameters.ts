import { z } from '@hono/zod-openapi'
import { parseBoolean, parseNumber } from '../../models/parse-text.ts'
import { valueError } from '../../models/value-error.ts'
import { LIMITS } from '../limits.ts'

/*
 * Schemas of query parameters. Their error messages say what was expected; the problem reply adds what was received instead.
 */

const toNumber = (text: unknown) => (typeof text === 'string' ? (parseNumber(text) ?? text) : text)

/** A decimal integer from `min` to `max`. */
export function integer(min: number, max: number) {
  const error = `an integer from ${min} to ${max}`
  return z.preprocess(toNumber, z.int({ error }).min(min, { error }).max(max, { error }))
}

/** A decimal number from `min` to `max`. */
export function number(min: number, max: number) {
  const error = `a number from ${min} to ${max}`
  return z.preprocess(toNumber, z.number({ error }).min(min, { error }).max(max, { error }))
}

/** `true` or `false`; also 1 and 0. */
export function flag() {
  const read = (text: unknown) => (typeof text === 'string' ? (parseBoolean(text) ?? text) : text)
  return z.preprocess(read, z.boolean({ error: 'true or false' })).default(false)
}

/** One of some words. */
export function choice<const T extends readonly [string, ...string[]]>(words: T) {
  return z.enum(words, { error: `one of ${words.join(', ')}` })
}

/** Text of 1 to `length` characters. */
export function text(length: number, error = `text of 1 to ${length} characters`) {
  return z.string({ error }).min(1, { error }).max(length, { error })
}

/** A seed; drawn if absent. */
export const Seed = integer(0, 0xffffffff)
  .optional()
  .openapi({ description: 'Seed of the draw. If absent, one is drawn and stated in X-Seed.', example: 7 })

const FRAME = 'a width and a height in pixels, as in 1200x630'

/** The layout of pictures in png and apng. */
export const Picture = z.strictObject({
  scale: integer(1, LIMITS.scale)
    .default(1)
    .openapi({ description: 'Screen pixels for one pixel of an image, by nearest neighbour', example: 4 }),
  columns: integer(1, LIMITS.images)
    .optional()
    .openapi({ description: 'Images in a row of a contact sheet' }),
  invert: flag().openapi({ description: 'Swap black and white in the returned picture' }),
  frame: z
    .string({ error: FRAME })
    .regex(/^[1-9]\d{0,3}x[1-9]\d{0,3}$/, { error: FRAME })
    .optional()
    .openapi({
      description:
        'Width and height of the whole picture: the images are in its middle, and the rest has their background',
      example: '1200x630',
    }),
})
export type Picture = z.output<typeof Picture>

/** How posted images are interpreted. */
export const InvertInput = flag().openapi({
  description:
    'Posted images have black and white swapped: dark ink on light paper, for a model of light ink on black',
})

/** Refuses latent coordinates beyond `LIMITS.coordinate`, and NaN. @throws ValueError naming `field` */
export function checkCoordinates(z: ArrayLike<number>, field: string): void {
  for (let i = 0; i < z.length; i++) {
    if (!(Math.abs(z[i]) <= LIMITS.coordinate)) {
      throw valueError(field, `coordinates from -${LIMITS.coordinate} to ${LIMITS.coordinate}`, z[i])
    }
  }
}
