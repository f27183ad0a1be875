import type { Context } from 'hono'
import type { Card } from '../models/card.ts'

/** The files of a model that can be asked for, by the names they have in URLs and stores. */
export const MODEL_FILES = ['encoder.onnx', 'decoder.onnx', 'latents.safetensors'] as const
export type ModelFile = (typeof MODEL_FILES)[number]

/** The name a file has in its model's card. */
export function fileKey(file: ModelFile): keyof Card['files'] {
  return file.slice(0, file.indexOf('.')) as keyof Card['files']
}

/** A model of the catalog. One whose card cannot be read is listed with the reason, and answers 503. */
export type Entry = { id: string; card: Card } | { id: string; card?: undefined; reason: string }

/** Where models come from. */
export interface Store {
  /** Every model, by id in ascending order. The same array until something changed. */
  list(): Promise<readonly Entry[]>
  /** Whether that list is known and recent enough to be trusted without asking again. */
  fresh(): boolean
  /** A file of a model from that list. @throws Error when it cannot be read */
  read(id: string, file: ModelFile): Promise<Uint8Array<ArrayBuffer>>
}

/** One loaded ONNX graph with one input [batch, features]. */
export interface Session {
  /** Outputs by name, [batch, units] each. */
  run(input: Float32Array, batch: number): Promise<Record<string, Float32Array>>
  release(): Promise<void>
}

/** What turns the bytes of an ONNX file into something that runs. */
export interface Runtime {
  name: 'workerd' | 'node'
  load(bytes: Uint8Array<ArrayBuffer>): Promise<Session>
  /** Most bytes of weights kept in loaded sessions. */
  sessionBytes: number
}

/** A verdict on one client's next request. `remaining` and `reset` (seconds) where the limiter knows them. */
export interface Verdict {
  allowed: boolean
  limit: number
  /** Seconds. */
  window: number
  remaining?: number
  reset?: number
}

/** What differs between the places the app runs in. */
export interface Platform {
  store: Store
  runtime: Runtime
  /** Counts a request of `client`; absent where nothing is limited. */
  limit?(client: string): Verdict | Promise<Verdict>
  /** The address of who asks, as far as the platform can be trusted to know it. */
  client(c: Context): string
  /** An answer store shared by processes, as the Cache API of workerd. */
  cache?: {
    match(url: string): Promise<Response | undefined>
    put(url: string, response: Response): Promise<void>
  }
  /** Where a path that is not the API's is answered: the page. */
  page?(request: Request): Promise<Response>
  /** Extra lines for whoever runs the server. */
  log(message: string): void
}
