// The waitUntil of this module is that of the request whose code is running. A Worker's I/O ends with the request that
// began it, so no other request's waitUntil could keep it alive.
import { waitUntil } from 'cloudflare:workers'
import type { KVNamespace, RateLimit, WorkerVersionMetadata } from '@cloudflare/workers-types'
import jpegCodec from '@jsquash/jpeg/codec/dec/mozjpeg_dec.wasm'
import webpCodec from '@jsquash/webp/codec/dec/webp_dec.wasm'
import { COMPRESSIBLE_CONTENT_TYPE_REGEX } from 'hono/utils/compress'
import wasm from 'onnxruntime-web/ort-wasm-simd-threaded.wasm'
import { readVerificationKey } from '../../models/registry/verification-key.ts'
import { type App, createApp, type Sender } from '../app.ts'
import { messageOf, openDecoder } from '../catalog/model.ts'
import { selfTest } from '../catalog/self-test.ts'
import { sessionCache } from '../catalog/session-cache.ts'
import { acceptsGzip } from '../http/compress.ts'
import { Problem, problemReply } from '../http/problem.ts'
import { headOf } from '../http/request-head.ts'
import { readTraceparent, requestId } from '../http/request-id.ts'
import { wasmDecoders } from '../images/wasm-decoders.ts'
import type { Client, Engine, ModelStore, Platform, RuntimeStart } from '../platform.ts'
import { versionedStore } from '../versions/versioned-store.ts'
import { type Assets, assetStore, type Bundled, readBundled } from './asset-store.ts'
import { type AnalyticsDataset, dataPoint } from './data-point.ts'
import { dateHeader } from './date-header.ts'
import { type CounterNamespace, KeyCounterObject, workerKeys } from './kv-api-keys.ts'
import { type R2Binding, r2Bucket } from './r2-bucket.ts'
import { type AddressBindings, requestHead } from './request-head.ts'
import { reusedHeaders } from './reused-headers.ts'
import { wasmRuntime } from './wasm-runtime.ts'

export { KeyCounterObject }

/** The Worker's bindings and variables, by their names in wrangler.jsonc. */
interface Env extends AddressBindings {
  ASSETS: Assets
  /** Versions of models and their channels; without it, only the bundled models answer. */
  MODELS?: R2Binding
  /** Seconds between reads of the channels; 20 by default, 30 at most. */
  CHANNEL_SECONDS?: number
  /** A public key in PEM: versions in the bucket that are not signed by it do not answer. */
  VERIFY_KEY?: string
  /** Gets a data point for each request, with the version that answered. */
  METRICS?: AnalyticsDataset
  /** Metadata of the deployed version. */
  VERSION?: WorkerVersionMetadata
  /** The model that the id `default` stands for; if empty, `chooseDefaultModel` chooses one. */
  DEFAULT_MODEL?: string
  RATE_LIMIT?: RateLimit
  /** The limit and window that the binding is configured with, which cannot be read from it; stated in answers. */
  RATE_LIMIT_REQUESTS?: number
  RATE_LIMIT_SECONDS?: number
  /** The file of API keys, as `npm run keys` keeps it, under the key `keys.json`; without it, all requests are anonymous. */
  KEYS?: KVNamespace
  /** Counts what clients with keys use. */
  KEY_COUNTERS?: CounterNamespace
  /** Whether to compress answers here; not on Cloudflare, which does it. */
  COMPRESS?: boolean
}

declare const caches: { default: NonNullable<Platform['sharedCache']> }

/**
 * Creates the Worker. Called at global scope, where Cloudflare allows 1 s of processor time (a request on the free plan
 * has 10 ms), it starts ONNX Runtime, opens the bundled decoder and answers two requests of its own, so that V8 has
 * compiled what the first request from outside runs. If that fails, the Worker still answers, and requests start what they need.
 *
 * @param catalog JSON with the bundled models, see `readBundled`
 * @param decoder the decoder.onnx of one of them; empty where there is none
 * @param snapshot ONNX Runtime's memory after its start, see `snapshotOrt`
 */
export async function createWorker(catalog: string, decoder: ArrayBuffer, snapshot: ArrayBuffer) {
  const bundled = readBundled(catalog, decoder)
  let phase: RuntimeStart['during'] = 'global scope'
  const runtimeStart: RuntimeStart = { during: undefined }
  const runtime = wasmRuntime(wasm, snapshot, () => {
    runtimeStart.during = phase
  })
  const engine: Engine = { runtime, sessions: sessionCache(runtime.sessionBytes, waitUntil) }
  const openApp = (env: Env) => createApp(openPlatform(env, bundled, engine, runtimeStart))
  try {
    if (bundled.first) {
      await openDecoder(bundled.first.card, bundled.first.decoder, engine)
      await warmUp(openApp({} as Env), bundled.first.card.id)
    }
  } catch (error) {
    runtimeStart.failure = messageOf(error)
    log(`start of the runtime: ${runtimeStart.failure}`)
  }
  phase = 'request'
  return { fetch: requestHandler(openApp) }
}

/** Answers requests with an app that the first one opens: only it has the bindings. */
function requestHandler(openApp: (env: Env) => App) {
  const makers = { headersOf: reusedHeaders(), date: dateHeader() }
  let app: App | undefined
  return async (request: Request, env: Env): Promise<Response> => {
    const sender = senderOf(request, makers)
    if (!URL.canParse(request.url)) return sender.reply(problemReply(invalidAddress()))
    const begun = Date.now()
    app ??= openApp(env)
    const head = requestHead(request, env)
    const known = await app.answerKnown(head)
    const response = await (known ? sender.reply(known) : app.fetch(request, head, sender))
    env.METRICS?.writeDataPoint(dataPoint(head.target, response.status, response.headers, Date.now() - begun))
    return response
  }
}

/**
 * Has an app answer a request for numbers and one for a picture. At global scope there is no I/O, no random numbers, and no
 * Response with a body, so they have seeds, and the app no bindings.
 *
 * @throws Error when an answer is not 200
 */
async function warmUp(app: App, model: string): Promise<void> {
  const client: Client = { address: () => '', hasHungUp: () => false }
  const sender: Sender = { reply: ({ status }) => new Response(null, { status }), file: file => file }
  for (const format of ['f32', 'png']) {
    const request = new Request(`https://localhost/v1/models/${model}/sample?seed=1&format=${format}`)
    const { status } = await app.fetch(request, headOf(request, client), sender)
    if (status !== 200) throw new Error(`${request.url}: expected status 200, got ${status}`)
  }
}

/** Makes Responses with the headers that differ in every answer: request id, date and trace. */
function senderOf(
  { headers: asked }: Request,
  { headersOf, date }: { headersOf: ReturnType<typeof reusedHeaders>; date: () => string },
): Sender {
  const ownHeaders = () => {
    const trace = readTraceparent(asked.get('traceparent'))
    return {
      'x-request-id': requestId(asked.get('x-request-id')),
      // Cloudflare sets its own; workerd by itself sets none (RFC 9110, 6.6.1).
      date: date(),
      ...(trace && { traceparent: trace }),
    }
  }
  return {
    reply({ status, body, headers }) {
      // The body is compressed already; without this, workerd would compress it because of the header.
      const encoded = headers['content-encoding'] === undefined ? {} : { encodeBody: 'manual' }
      return new Response(body, { status, headers: headersOf({ ...headers, ...ownHeaders() }), ...encoded })
    },
    file(file) {
      for (const [name, value] of Object.entries(ownHeaders())) file.headers.set(name, value)
      return file
    },
  }
}

function invalidAddress(): Problem {
  return new Problem('invalid-value', 'The request’s target or Host is not valid.')
}

const log = (message: string) => console.error(message)

function openPlatform(env: Env, bundled: Bundled, engine: Engine, runtimeStart: RuntimeStart): Platform {
  return {
    ...engine,
    store: openStore(env, bundled, engine),
    runtimeStart,
    defaultModel: env.DEFAULT_MODEL || undefined,
    limitRate: rateLimit(env),
    keys: env.KEYS && env.KEY_COUNTERS && workerKeys(env.KEYS, env.KEY_COUNTERS),
    sharedCache: caches.default,
    pictures: wasmDecoders(async () => ({ jpeg: jpegCodec, webp: webpCodec })),
    compresses: env.COMPRESS,
    page: async request => {
      const file = await env.ASSETS.fetch(request)
      // The headers of a fetched response are immutable, and each reply gets additional ones.
      const response = new Response(file.body, file)
      if (env.COMPRESS) compressFile(response, request)
      return response
    },
    keepAlive: waitUntil,
    build: env.VERSION?.id || 'dev',
    log,
  }
}

/** Lets workerd compress a file if its type is compressible: workerd does it when Content-Encoding says gzip. */
function compressFile({ headers }: Response, request: Request): void {
  if (!COMPRESSIBLE_CONTENT_TYPE_REGEX.test(headers.get('content-type') ?? '')) return
  headers.append('vary', 'accept-encoding')
  if (headers.has('content-encoding') || !acceptsGzip(request.headers.get('accept-encoding') ?? '')) return
  headers.set('content-encoding', 'gzip')
  headers.delete('content-length')
  // A strong tag would name the uncompressed bytes (RFC 9110, 8.8.3.3).
  const tag = headers.get('etag')
  if (tag?.startsWith('"')) headers.set('etag', `W/${tag}`)
}

function rateLimit(env: Env): Platform['limitRate'] {
  const { RATE_LIMIT: binding, RATE_LIMIT_REQUESTS: limit = 600, RATE_LIMIT_SECONDS: window = 60 } = env
  if (!binding) return undefined
  return async (key, cost) => {
    // The binding counts calls: a cost of 3 is 3 calls.
    const calls = await Promise.all(Array.from({ length: cost }, () => binding.limit({ key })))
    return { allowed: calls.every(({ success }) => success), limit, window }
  }
}

/** Bytes of model files kept in memory. A Worker has 128 MB in all, also for sessions and replies. */
const FILE_BYTES = 16 * 2 ** 20

function openStore(
  { ASSETS, MODELS, CHANNEL_SECONDS = 20, VERIFY_KEY }: Env,
  files: Bundled,
  engine: Engine,
): ModelStore {
  const bundled = assetStore(ASSETS, files)
  if (!MODELS) return bundled
  return versionedStore({
    bundled,
    bucket: r2Bucket(MODELS),
    interval: 1000 * Math.min(CHANNEL_SECONDS, 30),
    fileBytes: FILE_BYTES,
    ...(VERIFY_KEY && { key: readVerificationKey(VERIFY_KEY) }),
    selfTest: version => selfTest(version, engine),
    keepAlive: waitUntil,
    log,
  })
}
