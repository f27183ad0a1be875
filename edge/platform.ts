import type { Card } from '../models/card.ts'
import type { ModelFile } from '../models/registry/keys.ts'
import type { Client } from './catalog/choose-version.ts'

/** A model of the catalog. One whose card cannot be read is listed with the reason, and answers 503. */
export type Entry =
  | { id: string; card: Card; canary?: { card: Card; share: number } }
  | { id: string; card?: undefined; canary?: undefined; reason: string }

/** Where models come from. */
export interface Store {
  /** Every model, by id in ascending order. The same array until something changed. */
  list(): Promise<readonly Entry[]>
  /** Whether that list is known and recent enough to be trusted without asking again. */
  fresh(): boolean
  /** A file of a model from that list, or of another version of it. @throws Error when it cannot be read */
  read(id: string, file: ModelFile, version: string): Promise<Uint8Array<ArrayBuffer>>
  /**
   * Makes sure that what the list says of a model may answer; until then it may change.
   *
   * @returns whether the list may have become another
   */
  prepare?(id: string): Promise<boolean>
  /** The card of a version that is kept beside those of the list. @throws Error when it is there and damaged */
  version?(id: string, version: string): Promise<Card | undefined>
  /** What is wrong just now, and does not keep models from answering. */
  troubles?(): { name: string; reason: string }[]
  /** Takes what loads and runs a version, to be called before the version answers. */
  giveTrial?(tryOut: (card: Card) => Promise<void>): void
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
  /** @param env what the platform gives beside a request */
  client(request: Request, env: unknown): Client
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
