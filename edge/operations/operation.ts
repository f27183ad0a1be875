import type { z } from '@hono/zod-openapi'
import type { Card } from '../../models/card.ts'
import type { Model } from '../catalog/models.ts'
import type { Format } from '../http/negotiate-format.ts'
import type { Images } from '../images/sheet.ts'
import type { Body, BodyKind } from '../pipeline/body.ts'

/** What an operation works with: a model, checked parameters, and what was posted. */
export interface Request<Q> {
  card: Card
  query: Q
  /** What was posted; undefined for GET. */
  body: Body | undefined
  decode: Model['decode']
  encode: Model['encode']
  file: Model['file']
  /** The seed asked for, or else one drawn for this request. */
  seed(): number
}

/** An operation's outcome, before it takes a form. */
export interface Result {
  /** What png and apng show. */
  images?: Images & { columns: number }
  /** What npy and f32 hold: row-major. */
  tensor: { data: Float32Array; shape: readonly number[] }
  /** What json says, beside the model and the seed. */
  json(): Record<string, unknown>
  /** A file to hand out as it is, for the format `safetensors`. */
  file?: Uint8Array<ArrayBuffer>
}

/** A request as the documentation shows it. */
export interface Example {
  /** What it does, as a heading. */
  says: string
  query: string
  /** For a POST: what curl sends, as curl's own options. */
  send?: string
  /** A file for curl to write to; without one the answer is text. */
  save?: string
}

/** One thing that can be asked of a model, at /v1/models/{model}/{name}. */
export interface Operation<Q extends z.ZodObject = z.ZodObject> {
  name: string
  summary: string
  description: string
  methods: readonly ('get' | 'post')[]
  query: Q
  /** What it can answer, its favourite first. */
  formats: readonly Format[]
  /** What a POST may carry. */
  body?: BodyKind
  /** How many images the answer shows, so that too large a picture is refused before any work. */
  count(query: z.output<Q>, body: Body | undefined): number
  run(request: Request<z.output<Q>>): Promise<Result>
  /** The answer as server-sent events, one object each, where `sse` is offered. Fails before the first or not at all. */
  prepare?(request: Request<z.output<Q>>): Promise<AsyncGenerator<Record<string, unknown>>>
  /** Requests for the documentation, for a model with two latent dimensions and classes. */
  examples: readonly Example[]
}

/** An operation as the list of all sees it. */
export function defineOperation<Q extends z.ZodObject>(operation: Operation<Q>): Operation {
  return operation as unknown as Operation
}

/** Rows of a [n, features] array as lists of numbers, each exactly the float32 it was. */
export function toRows(data: Float32Array, features: number): number[][] {
  return rowsOf(data, features, value => value)
}

/** Images as lists of intensities to six decimals: npy and f32 have all the bits. */
export function toPixelRows(pixels: Float32Array, size: number): number[][] {
  return rowsOf(pixels, size, value => Math.round(value * 1e6) / 1e6)
}

// Loops and not Array.from, which takes many times as long: a map of 576 images is half a million numbers.
function rowsOf(data: Float32Array, features: number, each: (value: number) => number): number[][] {
  const rows: number[][] = []
  for (let start = 0; start < data.length; start += features) {
    const row = new Array<number>(features)
    for (let i = 0; i < features; i++) row[i] = each(data[start + i])
    rows.push(row)
  }
  return rows
}

/** The result of an operation that decodes latents: pictures of xhat, xhat as a tensor, z and xhat as JSON. */
export function decoded(card: Card, z: Float32Array, xhat: Float32Array, columns: number): Result {
  const { height, width } = card.dataset
  return {
    images: { pixels: xhat, height, width, columns },
    tensor: { data: xhat, shape: [xhat.length / (height * width), height, width] },
    json: () => ({
      z: toRows(z, card.architecture.latentDim),
      xhat: toPixelRows(xhat, height * width),
      shape: [height, width],
    }),
  }
}
