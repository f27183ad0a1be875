import type { z } from '@hono/zod-openapi'
import type { Card } from '../../models/card.ts'
import type { ModelFile } from '../../models/registry/keys.ts'
import type { Format } from '../http/negotiate-format.ts'
import type { Images } from '../images/sheet.ts'
import type { Body, BodyKind, BodySize } from './body.ts'

/** HTTP methods of operations; GET includes HEAD. */
export type Method = 'get' | 'post'

/** The context of an operation: a model, checked parameters, and the posted content. Images are [n, D_x] in 0…1. */
export interface OperationContext<Q> {
  card: Card
  /** Images of points: [n, D_z], of a conditional model [n, D_z + classes]. */
  decode(points: Float32Array): Promise<Float32Array>
  /**
   * The encoder's outputs by name, [n, D_z] each: mu and logvar of a VAE, z of an AE.
   *
   * @param y [n, classes], of a conditional model
   */
  encode(x: Float32Array, y?: Float32Array): Promise<Record<string, Float32Array>>
  /** A file of the model, checked against its card. */
  file(name: ModelFile): Promise<Uint8Array<ArrayBuffer>>
  query: Q
  /** The posted content; undefined for GET. */
  body: Body | undefined
  /** The seed of the query, or else one drawn for this request. */
  seed(): number
}

/** An operation's outcome, before it is rendered in a format. */
export interface Result {
  /** The pictures of png and apng. */
  images?: Images & { columns: number }
  /** The frames of apng where they are not the images; `hold` is how many times as long the last one is shown. */
  frames?(): Images & { hold: number }
  /** The array of npy and f32, row-major. */
  tensor: { data: Float32Array; shape: readonly number[] }
  /** The fields of json, after model, version and seed. */
  json(): Record<string, unknown>
  /** The file of the format `safetensors`. */
  file?: Uint8Array<ArrayBuffer>
}

/** A request that the documentation shows and a test sends. */
export interface Example {
  title: string
  query: string
  /** For a POST: curl's options for the body. */
  send?: string
  /** The file that curl writes to; without one the answer is text. */
  save?: string
}

/** An endpoint at /v1/models/{model}/{name}. Routes, checks, OpenAPI and documentation are all derived from it. */
export interface Operation<Q extends z.ZodObject = z.ZodObject> {
  name: string
  summary: string
  description: string
  methods: readonly Method[]
  /** All its parameters beside `format`. */
  query: Q
  /** Parameters that only one of the methods takes. */
  only?: { readonly [name in keyof z.output<Q>]?: Method }
  /** The formats it offers; the first is the default. */
  formats: readonly Format[]
  /** The kind of content of a POST. */
  body?: BodyKind
  /** The fields of its JSON answer, after model, version and seed. */
  answer: z.ZodObject
  /** How many images the answer has. Known before any work, so that too large a picture is refused. */
  count(query: z.output<Q>, body: BodySize | undefined, card: Card, format: Format): number
  run(context: OperationContext<z.output<Q>>): Promise<Result>
  /**
   * The answer as events, if `sse` is offered. Errors are thrown before the first event.
   *
   * @param first the index of the first event
   */
  stream?(
    context: OperationContext<z.output<Q>>,
    first: number,
  ): Promise<AsyncGenerator<Record<string, unknown>>>
  /** Requests for the documentation, which fit the model. */
  examples(card: Card): readonly Example[]
}

/** Defines an operation. The type of its parameters is checked here and then erased, so that all fit into one list. */
export function defineOperation<Q extends z.ZodObject>(operation: Operation<Q>): Operation {
  return operation as unknown as Operation
}

/** The schema of the parameters that an operation takes by one of its methods. */
export function queryOf({ query, only = {} }: Operation, method: Method): z.ZodObject {
  const others = Object.keys(only).filter(name => only[name] !== method)
  return others.length === 0
    ? query
    : query.omit(Object.fromEntries(others.map(name => [name, true])) as Record<string, true>)
}
