import { createServer, type IncomingMessage, type Server } from 'node:http'
import { getRequestListener, type HttpBindings } from '@hono/node-server'
import { createApp } from '../app.ts'
import { selfTest } from '../catalog/self-test.ts'
import { sessionCache } from '../catalog/session-cache.ts'
import { COMMON_HEADERS } from '../http/headers.ts'
import type { RequestHead } from '../http/request-head.ts'
import type { Engine, ModelStore, Platform } from '../platform.ts'
import { versionedStore } from '../versions/versioned-store.ts'
import { folderBucket } from './folder-bucket.ts'
import { folderStore } from './folder-store.ts'
import { incomingHead } from './incoming-head.ts'
import { startMetrics } from './metrics.ts'
import { nativeRuntime } from './native-runtime.ts'
import { rateLimiter } from './rate-limiter.ts'
import { routeLabel } from './route-label.ts'
import { send } from './send-reply.ts'
import { staticPage } from './static-page.ts'

export interface ServerOptions {
  host: string
  /** 0 for any free port. */
  port: number
  /** Folder of models. */
  models: string
  /** The model that the id `default` stands for; chosen among the models by default. */
  defaultModel?: string
  /** Folder of versions of models and channels. */
  bucket?: string
  /** Seconds between reads of the channels. */
  channelSeconds?: number
  /** Folder of the built page; none is served without. */
  page?: string
  /** Requests a minute and client; 0 for no limit. */
  rate: number
  /** Take the client's address from the last entry of X-Forwarded-For, as a proxy in front writes it. */
  trustProxy: boolean
  /** Bytes of weights kept loaded. */
  sessionBytes: number
  log(message: string): void
}

export interface NodeServer {
  url: string
  /** Stops listening, lets running requests finish for up to `grace` milliseconds, then ends them. */
  stop(grace?: number): Promise<void>
}

/** Serves the API, its metrics and the page from Node. @throws Error when the port cannot be used */
export async function startServer(options: ServerOptions): Promise<NodeServer> {
  const metrics = startMetrics()
  const app = createApp(openPlatform(options))
  const heads = new WeakMap<IncomingMessage, { head: RequestHead; from: number }>()
  const listen = getRequestListener(async (request, env) => {
    const { head, from } = heads.get((env as HttpBindings).incoming)!
    if (head.target === '/metrics') return metricsResponse(metrics.text())
    const response = await app.fetch(request, head)
    metrics.observe(routeLabel(head.target), response.status, (performance.now() - from) / 1000)
    return response
  })
  const server = createServer(async (incoming, outgoing) => {
    const from = performance.now()
    const head = incomingHead(incoming, outgoing, options.trustProxy)
    const known = app.answerKnown(head)
    if (!known) {
      heads.set(incoming, { head, from })
      return listen(incoming, outgoing)
    }
    const reply = known instanceof Promise ? await known : known
    metrics.observe(routeLabel(head.target), reply.status, (performance.now() - from) / 1000)
    send(outgoing, reply)
  })
  server.headersTimeout = 10_000
  server.requestTimeout = 30_000
  server.timeout = 60_000
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(options.port, options.host, resolve)
  })
  const address = server.address()
  const port = typeof address === 'object' && address ? address.port : options.port
  const host = options.host.includes(':') ? `[${options.host}]` : options.host
  return { url: `http://${host}:${port}`, stop: grace => stop(server, grace) }
}

/** Nothing has to be kept alive: Node runs on when a client goes. */
const keepAlive = () => {}

function openPlatform(options: ServerOptions): Platform {
  const runtime = nativeRuntime(options.sessionBytes)
  const engine: Engine = { runtime, sessions: sessionCache(runtime.sessionBytes, keepAlive) }
  return {
    ...engine,
    store: openStore(options, engine),
    defaultModel: options.defaultModel,
    limitRate: options.rate > 0 ? rateLimiter(options.rate, 60) : undefined,
    page: options.page === undefined ? undefined : staticPage(options.page),
    keepAlive,
    build: 'node',
    log: options.log,
  }
}

/** Bytes of files of versions that answer, so that they do while the folder cannot be read. */
const FILE_BYTES = 256 * 2 ** 20

function openStore({ models, bucket, channelSeconds = 20, log }: ServerOptions, engine: Engine): ModelStore {
  const bundled = folderStore(models)
  if (bucket === undefined) return bundled
  return versionedStore({
    bundled,
    bucket: folderBucket(bucket),
    interval: channelSeconds * 1000,
    fileBytes: FILE_BYTES,
    selfTest: version => selfTest(version, engine),
    keepAlive,
    log,
  })
}

function metricsResponse(text: string): Response {
  const headers = {
    ...COMMON_HEADERS,
    'content-type': 'text/plain; version=0.0.4',
    'cache-control': 'no-store',
  }
  return new Response(text, { headers })
}

async function stop(server: Server, grace = 10_000): Promise<void> {
  const closed = new Promise<void>(resolve => server.close(() => resolve()))
  server.closeIdleConnections()
  const timer = setTimeout(() => server.closeAllConnections(), grace)
  await closed
  clearTimeout(timer)
}
