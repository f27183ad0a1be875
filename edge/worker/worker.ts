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
import { clientNetwork, forwardedOrigin, lastForwardedFor } from '../http/client-network.ts'
import { acceptsGzip } from '../http/compress.ts'
import { Problem, problemReply } from '../http/problem.ts'
import { headOf, type RequestHead } from '../http/request-head.ts'
import { readTraceparent, requestId } from '../http/request-id.ts'
import { wasmDecoders } from '../images/wasm-decoders.ts'
import type { Client, Engine, ModelStore, Platform, RuntimeStart } from '../platform.ts'
import { versionedStore } from '../versions/versioned-store.ts'
import { type Assets, assetStore, type Bundled, readBundled } from './asset-store.ts'
import { type AnalyticsDataset, dataPoint } from './data-point.ts'
import { type CounterNamespace, KeyCounterObject, workerKeys } from './kv-api-keys.ts'
import { type R2Binding, r2Bucket } from './r2-bucket.ts'
import { reusedHeaders } from './reused-headers.ts'
import { wasmRuntime } from './wasm-runtime.ts'

export { KeyCounterObject }

/** The Worker's bindings and variables, by their names in wrangler.jsonc. */
interface Env {
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
  /** The scheme and host that people see, such as https://example.org; by default that of each request. */
  PUBLIC_URL?: string
  /** Whether to compress answers here; not on Cloudflare, which does it. */
  COMPRESS?: boolean
  /** Whether to trust the headers of a proxy in front, if the Worker runs outside Cloudflare. */
  TRUST_PROXY?: boolean
}

declare const caches: { default: NonNullable<Platform['sharedCache']> }

/**
 * Creates the Worker. Called at global scope, where Cloudflare allows 1 s of processor time (a request on the free plan
 * has 10 ms), it starts ONNX Runtime, opens the bundled decoder and runs it once. If that fails, the Worker still
 * answers, and requests start what they need.
 *
 * @param catalog JSON with the bundled models, see `readBundled`
 * @param decoder the decoder.onnx of one of them; empty where there is none
 */
export async function createWorker(catalog: string, decoder: ArrayBuffer) {
  const bundled = readBundled(catalog, decoder)
  let phase: RuntimeStart['during'] = 'global scope'
  const runtimeStart: RuntimeStart = { during: undefined }
  const runtime = wasmRuntime(wasm, () => {
    runtimeStart.during = phase
  })
  const engine: Engine = { runtime, sessions: sessionCache(runtime.sessionBytes, waitUntil) }
  try {
    if (bundled.first) await openDecoder(bundled.first.card, bundled.first.decoder, engine)
  } catch (error) {
    runtimeStart.failure = messageOf(error)
    log(`start of the runtime: ${runtimeStart.failure}`)
  }
  phase = 'request'
  const headersOf = reusedHeaders()
  let app: App | undefined
  return {
    async fetch(request: Request, env: Env): Promise<Response> {
      const sender = senderOf(request, headersOf)
      if (!URL.canParse(request.url)) return sender.reply(problemReply(invalidAddress()))
      const begun = Date.now()
      app ??= createApp(openPlatform(env, bundled, engine, runtimeStart))
      const head = requestHead(request, env)
      const known = await app.answerKnown(head)
      const response = await (known ? sender.reply(known) : app.fetch(request, head, sender))
      env.METRICS?.writeDataPoint(
        dataPoint(head.target, response.status, response.headers, Date.now() - begun),
      )
      return response
    },
  }
}

/** Makes Responses with the headers that differ in every answer: request id, date and trace. */
function senderOf({ headers: asked }: Request, headersOf: ReturnType<typeof reusedHeaders>): Sender {
  const ownHeaders = () => {
    const trace = readTraceparent(asked.get('traceparent'))
    return {
      'x-request-id': requestId(asked.get('x-request-id')),
      // Cloudflare sets its own; workerd by itself sets none (RFC 9110, 6.6.1).
      date: new Date().toUTCString(),
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

function requestHead(request: Request, env: Env): RequestHead {
  const client: Client = {
    address: () => clientNetwork(addressOf(request, env)),
    // When workerd hears that a connection broke, the request's code does not continue.
    hasHungUp: () => false,
  }
  return headOf(request, client, () => env.PUBLIC_URL ?? originOf(request, env))
}

/**
 * The client's address. On Cloudflare it is in CF-Connecting-IP, which Cloudflare sets. Elsewhere anybody could send that
 * header; there workerd gives the connection's address.
 */
function addressOf(request: Request, env: Env): string {
  const connection = (request as { cf?: { clientIp?: string } }).cf?.clientIp
  if (connection === undefined) return request.headers.get('cf-connecting-ip') ?? ''
  const forwarded = env.TRUST_PROXY ? lastForwardedFor(request.headers.get('x-forwarded-for')) : undefined
  return forwarded ?? connection
}

function originOf({ url, headers }: Request, { TRUST_PROXY }: Env): string {
  const { origin, host } = new URL(url)
  if (!TRUST_PROXY) return origin
  const proxied = {
    forwarded: headers.get('forwarded'),
    forwardedProto: headers.get('x-forwarded-proto'),
    forwardedHost: headers.get('x-forwarded-host'),
  }
  return forwardedOrigin({ host, ...proxied }) ?? origin
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
