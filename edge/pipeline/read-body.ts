import { getMultipartBoundary, type MultipartPart, parseMultipart } from '@remix-run/multipart-parser'
import type { Card } from '../../models/card.ts'
import { checkMixture, type Endpoint, parseEndpoint } from '../../models/latent/endpoints.ts'
import { Problem, toProblem, wrongValue } from '../http/problem.ts'
import { fieldErrorsOf } from '../http/zod-issues.ts'
import { PICTURE_TYPES } from '../images/picture.ts'
import { LIMITS } from '../limits.ts'
import type { Body, BodyKind, BodySize } from '../operations/body.ts'
import { checkCoordinates } from '../operations/parameters.ts'
import type { PictureDecoders } from '../platform.ts'
import { readBytes } from './body-bytes.ts'
import { JSON_BODIES, type JsonStop } from './body-schemas.ts'
import {
  checkPixels,
  decodeImage,
  jsonImage,
  type PostedImage,
  pictureFile,
  rawImages,
} from './posted-images.ts'

/** The posted content, checked; its pictures are not decoded yet. */
export type ParsedBody = BodySize &
  (
    | { kind: 'images'; images: readonly PostedImage[] }
    | { kind: 'latents'; z: Float32Array; y?: Float32Array }
    | { kind: 'stops'; stops: readonly (Endpoint | PostedImage)[] }
  )

/** The media types in which each kind of body can be sent. */
export const BODY_TYPES: Record<BodyKind, readonly string[]> = {
  images: ['application/json', ...PICTURE_TYPES, 'application/octet-stream', 'multipart/form-data'],
  latents: ['application/json', 'application/octet-stream'],
  stops: ['application/json', 'multipart/form-data'],
}

/**
 * Reads the posted content and checks it against the model and the limits, without decoding pictures.
 *
 * @throws Problem body-too-large, unsupported-media-type, invalid-body, invalid-value or too-large
 */
export async function readBody(kind: BodyKind, request: Request, card: Card): Promise<ParsedBody> {
  const contentType = request.headers.get('content-type') ?? ''
  const type = contentType.split(';', 1)[0].trim().toLowerCase()
  if (!BODY_TYPES[kind].includes(type)) throw unsupported(kind, type)
  const bytes = await readBytes(request)
  const body = await parseBytes(kind, type, contentType, bytes, card)
  checkPixels(picturesOf(body))
  return body
}

function unsupported(kind: BodyKind, type: string): Problem {
  const types = BODY_TYPES[kind].join(', ')
  const problem = wrongValue('header', 'content-type', `one of ${types}`, type, 'unsupported-media-type')
  return new Problem(problem.code, undefined, problem.errors, { accept: types })
}

async function parseBytes(
  kind: BodyKind,
  type: string,
  contentType: string,
  bytes: Uint8Array<ArrayBuffer>,
  card: Card,
): Promise<ParsedBody> {
  if (type === 'application/json') return parseJson(kind, bytes, card)
  if (type === 'multipart/form-data') return parseForm(kind, bytes, contentType, card)
  if (kind === 'latents') return rawLatents(bytes, card)
  return images(
    type === 'application/octet-stream' ? rawImages(bytes, card) : [pictureFile(bytes, 'body', card)],
  )
}

const images = (list: PostedImage[]): ParsedBody => ({ kind: 'images', n: list.length, images: list })
const stops = (list: (Endpoint | PostedImage)[]): ParsedBody => ({
  kind: 'stops',
  n: list.length,
  stops: list,
})

function parseJson(kind: BodyKind, bytes: Uint8Array, card: Card): ParsedBody {
  let value: unknown
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
  } catch {
    throw wrongValue(
      'body',
      'body',
      'JSON in UTF-8',
      `${bytes.length} bytes of something else`,
      'invalid-body',
    )
  }
  const parsed = JSON_BODIES[kind].safeParse(value, { reportInput: true })
  if (!parsed.success) {
    throw new Problem('invalid-value', undefined, fieldErrorsOf(parsed.error.issues, 'body', value))
  }
  const { data } = parsed
  if ('images' in data) return images(data.images.map((each, i) => jsonImage(each, card, `images.${i}`)))
  if ('z' in data)
    return { ...latents(data.z, card), ...(data.y && { y: sharesOf(data.y, data.z.length, card) }) }
  return stops(data.stops.map((stop, i) => parseStop(stop, card, `stops.${i}`)))
}

function parseStop(stop: JsonStop, card: Card, field: string): Endpoint | PostedImage {
  try {
    const endpoint = typeof stop === 'string' ? parseEndpoint(stop, field) : stop
    if ('image' in endpoint) return jsonImage(endpoint.image, card, field)
    checkEndpoint(endpoint, field)
    return endpoint
  } catch (error) {
    throw toProblem(error, 'body')
  }
}

/** The most parts of a form, those included that are no images and are ignored. */
const MAX_PARTS = 2 * LIMITS.postedImages

/** Reads a form. workerd's `formData()` is not used: it refuses names without quotes, as .NET's client sends them. */
function parseForm(
  kind: BodyKind,
  bytes: Uint8Array<ArrayBuffer>,
  contentType: string,
  card: Card,
): ParsedBody {
  const [least, most] = kind === 'stops' ? [2, LIMITS.stops] : [1, LIMITS.postedImages]
  const parts = imageParts(bytes, contentType)
  if (parts.length < least || parts.length > most) {
    throw wrongValue('body', 'image', `${least} to ${most} parts of that name`, `${parts.length}`)
  }
  const files = parts.map((part, i) => {
    if (part.isText && !part.mediaType?.startsWith('image/'))
      throw wrongValue('body', `image.${i}`, 'a picture’s file', 'text')
    return pictureFile(part.bytes, `image.${i}`, card)
  })
  return kind === 'stops' ? stops(files) : images(files)
}

function imageParts(bytes: Uint8Array<ArrayBuffer>, contentType: string): MultipartPart[] {
  const limits = { maxParts: MAX_PARTS, maxFileSize: LIMITS.bodyBytes, maxTotalSize: LIMITS.bodyBytes }
  const boundary = getMultipartBoundary(contentType)
  try {
    if (boundary) {
      const form = withoutPreamble(bytes, boundary)
      return [...parseMultipart(form, { boundary, ...limits })].filter(({ name }) => name === 'image')
    }
  } catch {
    // The parser throws an error of another class for each way in which a form can be malformed.
  }
  throw wrongValue('body', 'body', 'multipart/form-data', 'something else', 'invalid-body')
}

/** A form from its first boundary on; anything before it, such as an empty line, is ignored (RFC 2046, 5.1.1). */
function withoutPreamble(bytes: Uint8Array<ArrayBuffer>, boundary: string): Uint8Array<ArrayBuffer> {
  const delimiter = new TextEncoder().encode(`--${boundary}`)
  for (let at = bytes.indexOf(delimiter[0]); at >= 0; at = bytes.indexOf(delimiter[0], at + 1)) {
    if (delimiter.every((byte, i) => bytes[at + i] === byte)) return bytes.subarray(at)
  }
  return bytes
}

/** Latents of float32 in little-endian order, one after the other. @throws Problem for another number of bytes */
function rawLatents(bytes: Uint8Array<ArrayBuffer>, card: Card): ParsedBody {
  const d = card.architecture.latentDim
  const n = bytes.length / 4 / d
  if (!Number.isInteger(n) || n > LIMITS.images) {
    const expected = `1 to ${LIMITS.images} latents of ${d} float32 each`
    throw wrongValue('body', 'body', expected, `${bytes.length} bytes`, 'invalid-body')
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset)
  return checkedLatents(
    Float32Array.from({ length: n * d }, (_, i) => view.getFloat32(i * 4, true)),
    n,
  )
}

function latents(rows: readonly number[][], card: Card): ParsedBody {
  const d = card.architecture.latentDim
  const wrong = rows.findIndex(row => row.length !== d)
  if (wrong >= 0) throw wrongValue('body', `z.${wrong}`, `${d} numbers`, `${rows[wrong].length}`)
  return checkedLatents(Float32Array.from(rows.flat()), rows.length)
}

function checkEndpoint(endpoint: Endpoint, field: string): void {
  const style = 'style' in endpoint ? endpoint.style : undefined
  for (const place of [endpoint, style ?? {}] as { z?: readonly number[]; eps?: readonly number[] }[]) {
    checkCoordinates(place.z ?? place.eps ?? [], field)
  }
}

/** Shares of classes for `n` latents, [n, classes]. @throws Problem */
function sharesOf(rows: readonly number[][], n: number, card: Card): Float32Array {
  if (rows.length !== n) throw wrongValue('body', 'y', `${n} lists, one for each of z`, `${rows.length}`)
  try {
    return Float32Array.from(rows.flatMap((row, i) => checkMixture(row, card.architecture.classes, `y.${i}`)))
  } catch (error) {
    throw toProblem(error, 'body')
  }
}

function checkedLatents(z: Float32Array, n: number): ParsedBody {
  try {
    checkCoordinates(z, 'z')
  } catch (error) {
    throw toProblem(error, 'body')
  }
  return { kind: 'latents', z, n }
}

const isImage = (stop: Endpoint | PostedImage): stop is PostedImage => 'pixels' in stop || 'file' in stop

/** The posted images of a body. */
export function picturesOf(body: ParsedBody): readonly PostedImage[] {
  if (body.kind === 'images') return body.images
  return body.kind === 'stops' ? body.stops.filter(isImage) : []
}

/** Decodes a body's pictures one after the other, so that only one is in memory unpacked. @throws Problem */
export async function decodeBody(
  body: ParsedBody,
  card: Card,
  invert: boolean,
  decoders: PictureDecoders,
): Promise<Body> {
  if (body.kind === 'latents') return body
  if (body.kind === 'stops') {
    const decoded: Extract<Body, { kind: 'stops' }>['stops'][number][] = []
    for (const stop of body.stops) {
      decoded.push(isImage(stop) ? { pixels: await decodeImage(stop, card, invert, decoders) } : stop)
    }
    return { kind: 'stops', n: body.n, stops: decoded }
  }
  const size = card.architecture.inputDim
  const pixels = new Float32Array(body.n * size)
  for (const [i, image] of body.images.entries())
    pixels.set(await decodeImage(image, card, invert, decoders), i * size)
  return { kind: 'images', n: body.n, pixels }
}
