import { toApiError } from './api-error.ts'
import { readEvents } from './event-stream.ts'
import type { Binary, ModelList, Operations } from './operations.ts'
import { type RetryOptions, sendWithRetries } from './retry.ts'

/** The name of an operation, such as `sample`. */
export type OperationName = keyof Operations

/** Options of a client, which all its requests share. */
export interface ClientOptions extends RetryOptions {
  /** Sent as `Authorization: Bearer …`. */
  apiKey?: string
  /** Replaces the global `fetch`. */
  fetch?: (url: string, init: RequestInit) => Promise<Response>
}

/** Options of one request. */
export interface RequestOptions<N extends OperationName> {
  query?: Operations[N]['query']
  /** Sends it in a POST: JSON, float32 numbers row by row, or pictures. */
  body?: Operations[N]['body']
  signal?: AbortSignal
}

/** Numbers with their shape, row-major. */
export interface Tensor {
  data: Float32Array<ArrayBuffer>
  shape: number[]
  /** `id@version` of the model. */
  model: string
  /** The seed of the draw, where there was one. */
  seed: number | undefined
  /** URL that gives these numbers again, where one does. */
  url: string | undefined
}

type FormatOf<N extends OperationName> = Operations[N]['format']
/** The operations that offer a format. */
type Offering<F extends string> = {
  [N in OperationName]: F extends FormatOf<N> ? N : never
}[OperationName]

/** The event of a frame, of the operations that stream. */
export interface StreamedFrame {
  index: number
  z: number[]
  xhat: number[]
  /** A data: URL of the frame as PNG. */
  png: string
}

/** A client of one server. All its methods throw ApiError for a reply with an error status. */
export interface Client {
  /** The models of the server. */
  models(options?: { signal?: AbortSignal }): Promise<ModelList>
  /** A file of a model: `card.json`, `decoder.onnx`, `encoder.onnx` or `latents.safetensors`. */
  file(model: string, name: string, options?: { signal?: AbortSignal }): Promise<Response>
  /** The result as JSON. */
  json<N extends Offering<'json'>>(
    name: N,
    model: string,
    options?: RequestOptions<N>,
  ): Promise<Operations[N]['json']>
  /** The result as an array: images [n, height, width] in 0…1, or what the operation documents. */
  array<N extends Offering<'f32'>>(name: N, model: string, options?: RequestOptions<N>): Promise<Tensor>
  /** The result as a picture. @param options.format `png` by default */
  picture<N extends Offering<'png'>>(
    name: N,
    model: string,
    options?: RequestOptions<N> & { format?: FormatOf<N> & ('png' | 'apng') },
  ): Promise<Blob>
  /** The frames of the result as they are decoded. */
  frames<N extends Offering<'sse'>>(
    name: N,
    model: string,
    options?: RequestOptions<N>,
  ): AsyncGenerator<StreamedFrame>
  /** The URL of a result, as for an `<img>`. */
  url<N extends OperationName>(
    name: N,
    model: string,
    query?: Operations[N]['query'] & { format?: FormatOf<N> },
  ): string
}

/**
 * Creates a client.
 *
 * @param server URL of the server, with or without a slash at its end
 */
export function createClient(server: string | URL, options: ClientOptions = {}): Client {
  const base = String(server).endsWith('/') ? String(server) : `${server}/`
  const { apiKey, fetch = globalThis.fetch } = options
  const authorization: HeadersInit = apiKey ? { authorization: `Bearer ${apiKey}` } : {}

  async function send(url: string, init: RequestInit): Promise<Response> {
    const headers = { ...authorization, ...(init.headers as Record<string, string>) }
    const { signal } = init
    const attempt = () => fetch(url, { ...init, headers })
    const response = await sendWithRetries(attempt, options, signal ?? undefined)
    if (!response.ok) throw await toApiError(response)
    return response
  }

  function url(name: string, model: string, query: object = {}): string {
    const given = Object.entries(query).filter(([, value]) => value !== undefined)
    const search = String(new URLSearchParams(given.map(([key, value]) => [key, String(value)])))
    return `${base}v1/models/${model}/${name}${search && `?${search}`}`
  }

  function request(
    name: string,
    model: string,
    { query, body, signal }: { query?: object; body?: object; signal?: AbortSignal },
    format: string,
  ): Promise<Response> {
    return send(url(name, model, { ...query, format }), { ...encodeBody(body), signal })
  }

  return {
    models: async ({ signal } = {}) => (await send(`${base}v1/models`, { signal })).json(),
    file: (model, name, { signal } = {}) => send(url(name, model), { signal }),
    json: async (name, model, options = {}) => (await request(name, model, options, 'json')).json(),
    array: async (name, model, options = {}) => readTensor(await request(name, model, options, 'f32')),
    picture: async (name, model, { format = 'png', ...options } = {}) =>
      (await request(name, model, options, format)).blob(),
    async *frames(name, model, options = {}) {
      const { body } = await request(name, model, options, 'sse')
      if (body) yield* readEvents<StreamedFrame>(body)
    },
    url,
  }
}

function encodeBody(body: object | undefined): RequestInit {
  if (body === undefined) return {}
  if (body instanceof Blob || body instanceof FormData) return { method: 'POST', body }
  const isBinary = body instanceof Float32Array
  return {
    method: 'POST',
    headers: { 'content-type': isBinary ? 'application/octet-stream' : 'application/json' },
    body: isBinary ? (body as Binary & Float32Array<ArrayBuffer>) : JSON.stringify(body),
  }
}

async function readTensor(response: Response): Promise<Tensor> {
  const { headers } = response
  const data = new Float32Array(await response.arrayBuffer())
  const shape = headers.get('x-shape')?.split(',').map(Number) ?? [data.length]
  const seed = headers.get('x-seed')
  return {
    data,
    shape,
    model: headers.get('x-model') ?? '',
    seed: seed === null ? undefined : Number(seed),
    url: headers.get('content-location') ?? undefined,
  }
}
