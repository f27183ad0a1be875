import { createServer, type IncomingMessage, type Server } from 'node:http'
import { getRequestListener, type HttpBindings } from '@hono/node-server'
import { serveStatic } from '@hono/node-server/serve-static'
import { Hono } from 'hono'
import { createApp } from '../app.ts'
import type { Asked, Client } from '../catalog/choose-version.ts'
import { COMMON_HEADERS, PAGE_HEADERS } from '../http/headers.ts'
import { OPERATIONS } from '../operations/index.ts'
import type { Store } from '../platform.ts'
import { versionedStore } from '../versions/versioned-store.ts'
import { folderBucket } from './folder-bucket.ts'
import { folderStore } from './folder-store.ts'
import { startMetrics } from './metrics.ts'
import { nativeRuntime } from './native-runtime.ts'
import { rateLimiter } from './rate-limiter.ts'
import { send } from './send-reply.ts'

export interface ServerOptions {
  host: string
  /** 0 for any free port. */
  port: number
  /** Folder of models. */
  models: string
  /** Folder with versions of models and channels that say which of them answer. */
  bucket?: string
  /** Seconds between looks at the channels. */
  channelSeconds?: number
  /** Folder of the built page; none is served without. */
  page?: string
  /** Requests a client may make in a minute; 0 for any number. */
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

/** Serves the API, its metrics and the page from Node. @throws Error when the port cannot be had */
export async function startServer(options: ServerOptions): Promise<NodeServer> {
  const metrics = startMetrics()
  const page = options.page === undefined ? undefined : pages(options.page)
  const limiter = options.rate > 0 ? rateLimiter(options.rate, 60) : undefined
  const app = createApp(
    {
      store: storeOf(options),
      runtime: nativeRuntime(options.sessionBytes),
      limit: limiter,
      client: (_, env) => clientOf(env as HttpBindings, options.trustProxy),
      page: page && (async request => page.fetch(request)),
      log: options.log,
    },
    'node',
    () => {},
  )
  const listen = getRequestListener(async (request, env) => {
    const from = performance.now()
    const path = pathOf((env as HttpBindings).incoming)
    if (path === '/metrics') return tell(metrics.text())
    const response = await app.fetch(request, env)
    metrics.observe(routeOf(path), response.status, (performance.now() - from) / 1000)
    return response
  })
  const server = createServer(async (incoming, outgoing) => {
    const from = performance.now()
    const client = clientOf({ incoming, outgoing }, options.trustProxy)
    const known = app.repeat(askedBy(incoming), client)
    if (!known) return listen(incoming, outgoing)
    const reply = known instanceof Promise ? await known : known
    metrics.observe(routeOf(pathOf(incoming)), reply.status, (performance.now() - from) / 1000)
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

/** Bytes of live versions' files kept, to outlive the folder. */
const FILE_BYTES = 256 * 2 ** 20

function storeOf({ models, bucket, channelSeconds = 20, log }: ServerOptions): Store {
  const bundled = folderStore(models)
  if (bucket === undefined) return bundled
  return versionedStore({
    bundled,
    bucket: folderBucket(bucket),
    interval: channelSeconds * 1000,
    memory: FILE_BYTES,
    keepAlive: () => {},
    log,
  })
}

function tell(text: string): Response {
  const headers = {
    ...COMMON_HEADERS,
    'content-type': 'text/plain; version=0.0.4',
    'cache-control': 'no-store',
  }
  return new Response(text, { headers })
}

function askedBy({ method = 'GET', url = '/', headers }: IncomingMessage): Asked {
  return { method, path: url, accept: headers.accept ?? '', ifNoneMatch: headers['if-none-match'] }
}

function pathOf({ url = '/' }: IncomingMessage): string {
  const end = url.indexOf('?')
  return end < 0 ? url : url.slice(0, end)
}

function clientOf({ incoming, outgoing }: HttpBindings, trustProxy: boolean): Client {
  return {
    name() {
      const forwarded = trustProxy ? incoming.headers['x-forwarded-for'] : undefined
      return (
        String(forwarded ?? '')
          .split(',')
          .at(-1)
          ?.trim() ||
        (incoming.socket.remoteAddress ?? 'unknown')
      )
    },
    gone: () => outgoing.destroyed,
  }
}

/** The page's files, with the headers that edge/_headers gives them in a Worker. */
function pages(folder: string): Hono {
  const app = new Hono()
  app.use('*', async (c, next) => {
    await next()
    for (const [name, value] of Object.entries(PAGE_HEADERS)) c.header(name, value)
    // By its ending alone, TypeScript would pass for a film.
    if (c.req.path.endsWith('.d.ts')) c.header('content-type', 'text/plain; charset=utf-8')
    const hashed = c.req.path.startsWith('/assets/')
    c.header(
      'cache-control',
      hashed ? 'public, max-age=31536000, immutable' : 'public, max-age=0, must-revalidate',
    )
  })
  app.use('*', serveStatic({ root: folder }))
  return app
}

const NAMES = new Set(OPERATIONS.map(operation => operation.name))
const PLAIN = new Set(['/v1/models', '/openapi.json', '/docs', '/healthz', '/readyz'])

/** A path's pattern, of which there are only a few. */
function routeOf(path: string): string {
  if (PLAIN.has(path)) return path
  const match = /^\/v1\/models\/[^/]+(?:\/([^/]+))?$/.exec(path)
  if (!match) return 'other'
  if (match[1] === undefined) return '/v1/models/{model}'
  return `/v1/models/{model}/${NAMES.has(match[1]) ? match[1] : '{file}'}`
}

async function stop(server: Server, grace = 10_000): Promise<void> {
  const closed = new Promise<void>(resolve => server.close(() => resolve()))
  server.closeIdleConnections()
  const timer = setTimeout(() => server.closeAllConnections(), grace)
  await closed
  clearTimeout(timer)
}
