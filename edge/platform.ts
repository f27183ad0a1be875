import type { Card } from '../models/card.ts'
import type { StoredFile } from '../models/registry/keys.ts'

/** A model of the catalog. One whose card cannot be read is listed with the reason and answers 503. */
export type CatalogEntry =
  | { id: string; card: Card; canary?: { card: Card; share: number } }
  | { id: string; card?: undefined; canary?: undefined; reason: string }

/** Something that is wrong now, while models still answer: a version or a bucket, and why. */
export interface Incident {
  name: string
  reason: string
}

/** The source of models. */
export interface ModelStore {
  /** Every model, by id in ascending order. The same array until something changes. */
  list(): Promise<readonly CatalogEntry[]>
  /** Whether the last list is recent enough to be used without calling `list`. */
  isFresh(): boolean
  /** A file of a version, as it is stored. @throws Error when it cannot be read */
  read(id: string, file: StoredFile, version: string): Promise<Uint8Array<ArrayBuffer>>
  /**
   * Reads and self-tests the versions of a listed model before they answer for the first time.
   *
   * @returns whether the list may have changed
   */
  prepare?(id: string): Promise<boolean>
  /** The card of a stored version that is not in the list. @throws Error when it is there and damaged */
  cardOf?(id: string, version: string): Promise<Card | undefined>
  incidents?(): Incident[]
}

/** A loaded ONNX graph. Its inputs are [batch, features] each; a row holds them one after the other. */
export interface Session {
  /** Outputs by name, [batch, units] each. */
  run(input: Float32Array, batch: number): Promise<Record<string, Float32Array>>
  release(): Promise<void>
}

/** An ONNX engine. */
export interface Runtime {
  /** Starts the engine, where that takes long; `load` does so too. */
  start?(): Promise<unknown>
  load(bytes: Uint8Array<ArrayBuffer>): Promise<Session>
  /** Most bytes of weights in loaded sessions. */
  sessionBytes: number
}

/** Loads and runs graphs. */
export interface Engine {
  runtime: Runtime
  sessions: SessionCache
}

/** Loaded sessions, kept for reuse. */
export interface SessionCache {
  /** Adds a session that is open. */
  add(key: string, bytes: number, session: Session): void
  /**
   * Runs `work` with the session of `key`, opening it first where there is none. A session is not released while in use.
   * One that fails to open is forgotten, so that the next request tries again.
   *
   * @param bytes memory the loaded session takes
   * @throws SessionError when it cannot be opened
   */
  use<T>(
    key: string,
    bytes: number,
    open: () => Promise<Session>,
    work: (session: Session) => Promise<T>,
  ): Promise<T>
}

/** Whether a client's request is within its rate. `remaining` and `reset` (seconds) if the limiter knows them. */
export interface RateVerdict {
  allowed: boolean
  limit: number
  /** Seconds. */
  window: number
  remaining?: number
  reset?: number
}

/** The usage of a client with a key. */
export interface Usage {
  client: string
  /** The day (UTC) that is counted, as in 2026-11-26. */
  day: string
  used: number
  /** Null where there is none. */
  quota: number | null
  remaining: number | null
  /** Units a minute; null where there is no limit. */
  rate: number | null
}

/** The account that the requests of a client with a key are charged to. */
export interface KeyAccount {
  /** @throws Problem rate-limited, when its rate or quota is used up */
  charge(cost: number): Promise<void>
  /** The client's usage as headers. */
  headers(): Record<string, string>
  usage(): Promise<Usage>
}

/** The clients that have keys. */
export interface ApiKeys {
  /**
   * The account of the client that an Authorization header names.
   *
   * @throws Problem unauthorized for a header that names none
   */
  authenticate(authorization: string): Promise<KeyAccount>
}

/** How ONNX Runtime was started. */
export interface RuntimeStart {
  /** When that happened last: before the first request, or during one that had to wait for it. */
  during: 'global scope' | 'request' | undefined
  /** Why it, or the default model, could not be made ready before the first request. */
  failure?: string
}

/** The sender of a request. */
export interface Client {
  /** Its address, or network, if the platform knows it reliably. */
  address(): string
  /** Whether its connection is closed, so that no answer can reach it. */
  hasHungUp(): boolean
}

/** Pixels of 8 bits each: red, green, blue and alpha, row by row. */
export interface Rgba {
  width: number
  height: number
  data: ArrayLike<number>
}

/** Decoders of the picture formats other than PNG. They reject files that they cannot decode with a RangeError. */
export interface PictureDecoders {
  jpeg(file: Uint8Array): Promise<Rgba>
  webp(file: Uint8Array): Promise<Rgba>
}

/** The platform: everything that differs between the runtimes of the app. */
export interface Platform extends Engine {
  store: ModelStore
  /** The model that the id `default` stands for; chosen by `chooseDefaultModel` where the operator sets none. */
  defaultModel?: string
  /** Charges a client for `cost` units; absent where the rate is not limited. */
  limitRate?(client: string, cost: number): RateVerdict | Promise<RateVerdict>
  /** Clients with API keys; absent where all requests are anonymous. */
  keys?: ApiKeys
  /** A cache of replies shared by processes: workerd's Cache API. */
  sharedCache?: {
    match(url: string): Promise<Response | undefined>
    put(url: string, response: Response): Promise<void>
  }
  /** Decoders of posted JPEG and WebP pictures. */
  pictures: PictureDecoders
  /** Whether replies are compressed here, where nothing in front of the server does it. */
  compresses?: boolean
  /** Serves the static page. */
  page?(request: Request): Promise<Response>
  /** Where the runtime should be started before the first request: how that went. */
  runtimeStart?: Readonly<RuntimeStart>
  /** Whether the server is shutting down, so that load balancers should send it no more requests. */
  isShuttingDown?(): boolean
  /** Keeps the runtime alive for work that continues after the reply was sent or the client has disconnected. */
  keepAlive(work: Promise<unknown>): void
  /** Identifies the running code in keys of the shared cache. */
  build: string
  /** Writes a line to the server's log. */
  log(message: string): void
}
