import { z } from '@hono/zod-openapi'
import { LIMITS } from '../limits.ts'
import type { BodyKind } from '../operations/body.ts'

/*
 * Schemas of JSON bodies. Lists of numbers are checked by a loop that ends at the first wrong number: a body of 2 MiB can
 * hold a million of them, and with a schema for each item Zod would take seconds and hundreds of megabytes.
 */

const isList = (value: unknown): value is unknown[] => Array.isArray(value)

/** A list of at least `least` numbers that `isValid` accepts. @param expected of each number, for the error */
function numbers(isValid: (value: number) => boolean, expected: string, least = 0) {
  return z
    .custom<number[]>(value => isList(value) && value.length >= least, { error: 'a list of numbers' })
    .check(context => {
      const list: unknown[] = context.value
      const i = list.findIndex(value => typeof value !== 'number' || !isValid(value))
      if (i < 0) return
      context.issues.push({ code: 'custom', message: expected, path: [i], input: list[i] })
    })
    .openapi({ type: 'array', items: { type: 'number' } })
}

const intensities = numbers(value => value >= 0 && value <= 1, 'a number from 0 to 1')
const coordinates = numbers(Number.isFinite, 'a finite number', 1)

const IMAGE = 'a picture in base64, or a list of numbers from 0 to 1'
const Image = z
  .union([z.string(), intensities], { error: IMAGE })
  .openapi({ description: `${IMAGE}, row by row` })

/** The most keys that a stop or a style has. */
const MOST_KEYS = 2

/** A union that refuses objects with more keys than any member has, since Zod would list all of them for each member. */
function smallUnion<const T extends readonly z.ZodType[]>(members: T, error: string) {
  return z.preprocess(
    (input, context) => {
      if (typeof input === 'object' && input !== null && Object.keys(input).length > MOST_KEYS) {
        context.addIssue({ code: 'custom', message: error, input })
        return z.NEVER
      }
      return input
    },
    z.union(members, { error }),
  )
}

const Style = smallUnion(
  [
    z.strictObject({ seed: z.int().min(0).max(0xffffffff) }),
    z.strictObject({ eps: coordinates }),
    z.strictObject({ z: coordinates }),
  ],
  'an object with one of seed, eps, z',
)

const Stop = smallUnion(
  [
    z.string().max(LIMITS.stopLength),
    z.strictObject({ seed: z.int().min(0).max(0xffffffff) }),
    z.strictObject({ class: z.union([z.string().max(100), z.int()]), style: Style.optional() }),
    z.strictObject({ y: coordinates, style: Style }),
    z.strictObject({ z: coordinates }),
    z.strictObject({ image: Image }),
  ],
  'text such as "seed:7", or an object with one of seed, class, y, z, image',
).openapi('Stop', { description: 'A point that a path passes' })

/** A list whose length is checked before its items; Zod by itself checks it after them. */
function boundedList<T extends z.ZodType>(item: T, least: number, most: number, what: string) {
  return z.preprocess((input, context) => {
    if (!isList(input) || input.length < least || input.length > most) {
      context.addIssue({ code: 'custom', message: `a list of ${least} to ${most} ${what}`, input })
    }
    return input
  }, z.array(item).min(least).max(most))
}

/** Bodies of type application/json, by kind. */
export const JSON_BODIES = {
  images: z
    .strictObject({ images: boundedList(Image, 1, LIMITS.postedImages, 'images') })
    .openapi('Images', { description: 'Images to encode' }),
  latents: z
    .strictObject({
      z: boundedList(coordinates, 1, LIMITS.images, 'latents'),
      y: boundedList(coordinates, 1, LIMITS.images, 'lists of shares').optional(),
    })
    .openapi('Latents', { description: 'Points of the latent space to decode' }),
  stops: z
    .strictObject({ stops: boundedList(Stop, 2, LIMITS.stops, 'stops') })
    .openapi('Stops', { description: 'The points of a path, in order' }),
} as const satisfies Record<BodyKind, z.ZodType>

/** A stop of a JSON body. */
export type JsonStop = z.output<typeof Stop>
