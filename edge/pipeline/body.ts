import { z } from '@hono/zod-openapi'
import type { Card } from '../../models/card.ts'
import { type Endpoint, parseEndpoint } from '../../models/latent.ts'
import { Problem, toProblem, wrongValue } from '../http/problem.ts'
import { faultsOf } from '../http/zod-issues.ts'
import { LIMITS } from '../limits.ts'
import type { Operation } from '../operations/operation.ts'
import { checkCoordinates } from '../operations/parameters.ts'
import { images, latents, readImage, readLatents, readLevels, readPng } from './body-images.ts'

/** What a POST may carry: images to encode, latents to decode, or the stops of an interpolation. */
export type BodyKind = 'images' | 'latents' | 'stops'

/** A stop is an endpoint of the latent space or an image, [D_x]. */
export type Stop = Endpoint | { pixels: Float32Array }

/** What was posted, checked against the model. Images are [n, D_x] in 0…1, latents [n, D_z]. */
export type Body =
  | { kind: 'images'; pixels: Float32Array; n: number }
  | { kind: 'latents'; z: Float32Array; n: number }
  | { kind: 'stops'; stops: Stop[] }

const base64 = z.string({ error: 'a PNG image in base64' }).max(LIMITS.bodyBytes)
const pixels = z.array(z.number({ error: 'a number from 0 to 1' }).min(0).max(1), {
  error: 'a list of numbers',
})
const Image = z.union([base64, pixels], { error: 'a PNG image in base64, or a list of numbers from 0 to 1' })
const coordinates = z.array(z.number({ error: 'a finite number' }), { error: 'a list of numbers' }).min(1)

const listOf = <T extends z.ZodType>(item: T, least: number, most: number, what: string) => {
  const error = `a list of ${least} to ${most} ${what}`
  return z.array(item, { error }).min(least, { error }).max(most, { error })
}

/** Bodies of type application/json, by kind. */
export const JSON_BODIES = {
  images: z.strictObject({ images: listOf(Image, 1, LIMITS.postedImages, 'images') }).openapi('Images'),
  latents: z.strictObject({ z: listOf(coordinates, 1, LIMITS.images, 'latents') }).openapi('Latents'),
  stops: z
    .strictObject({
      stops: listOf(
        z.union(
          [
            z.string(),
            z.strictObject({ seed: z.int().min(0).max(0xffffffff) }),
            z.strictObject({ class: z.union([z.string(), z.int()]) }),
            z.strictObject({ z: coordinates }),
            z.strictObject({ image: Image }),
          ],
          { error: 'text such as "seed:7", or an object with one of seed, class, z, image' },
        ),
        2,
        LIMITS.stops,
        'stops',
      ),
    })
    .openapi('Stops'),
} as const

/** Types of body each kind is read from. */
export const BODY_TYPES: Record<BodyKind, readonly string[]> = {
  images: ['application/json', 'image/png', 'application/octet-stream', 'multipart/form-data'],
  latents: ['application/json', 'application/octet-stream'],
  stops: ['application/json', 'multipart/form-data'],
}

/**
 * Reads and checks what was posted to an operation.
 *
 * @throws Problem body-too-large, unsupported-media-type, invalid-body, invalid-value or too-large
 */
export async function readBody(
  operation: Operation,
  request: Request,
  card: Card,
  query: { invertInput?: boolean },
): Promise<Body> {
  const kind = operation.body
  if (!kind) throw new Error(`${operation.name} takes no body`)
  const type = (request.headers.get('content-type') ?? '').split(';')[0].trim().toLowerCase()
  if (!BODY_TYPES[kind].includes(type)) {
    throw wrongValue(
      'header',
      'content-type',
      `one of ${BODY_TYPES[kind].join(', ')}`,
      type,
      'unsupported-media-type',
    )
  }
  const bytes = await readBytes(request)
  const invert = query.invertInput ?? false
  if (type === 'application/json') return readJson(kind, bytes, card, invert)
  if (type === 'multipart/form-data') return readForm(kind, bytes, request, card, invert)
  if (type === 'image/png') return images([await readPng(bytes, card, invert, 'body')])
  return kind === 'latents' ? readLatents(bytes, card) : readLevels(bytes, card, invert)
}

/** The body's bytes, never more than the limit, whatever its Content-Length says. */
async function readBytes(request: Request): Promise<Uint8Array<ArrayBuffer>> {
  const tooLarge = (got: string) =>
    wrongValue('body', 'body', `at most ${LIMITS.bodyBytes} bytes`, got, 'body-too-large')
  const declared = Number(request.headers.get('content-length') ?? 0)
  if (declared > LIMITS.bodyBytes) throw tooLarge(`${declared} bytes`)
  const parts: Uint8Array[] = []
  let length = 0
  const reader = request.body?.getReader()
  if (reader) {
    for (let part = await reader.read(); !part.done; part = await reader.read()) {
      length += part.value.length
      if (length > LIMITS.bodyBytes) {
        await reader.cancel().catch(() => {})
        throw tooLarge('more')
      }
      parts.push(part.value)
    }
  }
  if (length === 0) throw wrongValue('body', 'body', 'some bytes', 'none', 'invalid-body')
  return new Uint8Array(await new Blob(parts as Uint8Array<ArrayBuffer>[]).arrayBuffer())
}

async function readJson(kind: BodyKind, bytes: Uint8Array, card: Card, invert: boolean): Promise<Body> {
  let value: unknown
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
  } catch {
    throw wrongValue('body', 'body', 'JSON in UTF-8', `${bytes.length} bytes that are none`, 'invalid-body')
  }
  const parsed = JSON_BODIES[kind].safeParse(value, { reportInput: true })
  if (!parsed.success) {
    throw new Problem('invalid-value', undefined, faultsOf(parsed.error.issues, 'body', value).slice(0, 8))
  }
  const data = parsed.data
  if ('images' in data) {
    return images(await all(data.images, (image, i) => readImage(image, card, invert, `images.${i}`)))
  }
  if ('z' in data) return latents(data.z, card)
  return {
    kind: 'stops',
    stops: await all(data.stops, (stop, i) => readStop(stop, card, invert, `stops.${i}`)),
  }
}

/** One after the other, so that a body of many images unpacks one at a time. */
async function all<T, U>(items: readonly T[], work: (item: T, i: number) => Promise<U>): Promise<U[]> {
  const results: U[] = []
  for (const [i, item] of items.entries()) results.push(await work(item, i))
  return results
}

type JsonStop = z.infer<typeof JSON_BODIES.stops>['stops'][number]

async function readStop(stop: JsonStop, card: Card, invert: boolean, field: string): Promise<Stop> {
  try {
    const endpoint = typeof stop === 'string' ? parseEndpoint(stop, field) : stop
    if ('image' in endpoint) return { pixels: await readImage(endpoint.image, card, invert, field) }
    if ('z' in endpoint) checkCoordinates(endpoint.z, field)
    return endpoint
  } catch (error) {
    throw toProblem(error, 'body')
  }
}

async function readForm(
  kind: BodyKind,
  bytes: Uint8Array<ArrayBuffer>,
  request: Request,
  card: Card,
  invert: boolean,
): Promise<Body> {
  const headers = { 'content-type': request.headers.get('content-type') ?? '' }
  const form = await new Response(bytes, { headers }).formData().catch(() => {
    throw wrongValue('body', 'body', 'multipart/form-data', 'something else', 'invalid-body')
  })
  const most = kind === 'stops' ? LIMITS.stops : LIMITS.postedImages
  const least = kind === 'stops' ? 2 : 1
  const fields = form.getAll('image')
  if (fields.length < least || fields.length > most) {
    throw wrongValue('body', 'image', `${least} to ${most} parts of that name`, `${fields.length}`)
  }
  const read = await all(fields, async (part, i) => {
    if (typeof part === 'string') throw wrongValue('body', `image.${i}`, 'a PNG file', 'text')
    return readPng(new Uint8Array(await part.arrayBuffer()), card, invert, `image.${i}`)
  })
  return kind === 'stops' ? { kind, stops: read.map(each => ({ pixels: each })) } : images(read)
}
