import type { Server } from 'node:http'
import { createServer } from 'node:http'
import type { VerificationKey } from '../../models/registry/verification-key.ts'
import { createApp } from '../app.ts'
import { selfTest } from '../catalog/self-test.ts'
import { sessionCache } from '../catalog/session-cache.ts'
import { type ApiKeyEntry, apiKeys } from '../http/api-keys.ts'
import { memoryCounters } from '../http/key-counter.ts'
import type { Engine, ModelStore, Platform } from '../platform.ts'
import { versionedStore } from '../versions/versioned-store.ts'
import { accessLog } from './access-log.ts'
import { folderBucket } from './folder-bucket.ts'
import { folderStore } from './folder-store.ts'
import { createHttpServer, drainServer, type ServerState } from './http-server.ts'
import type { PublicAddress } from './incoming-head.ts'
import { type Metrics, startMetrics } from './metrics.ts'
import { nativeRuntime } from './native-runtime.ts'
import { nodeDecoders } from './node-decoders.ts'
import { rateLimiter } from './rate-limiter.ts'
import { staticPage } from './static-page.ts'

/** Options of the Node server. */
export interface ServerOptions extends PublicAddress {
  host: string
  /** 0 for any free port. */
  port: number
  /** A port for metrics, 0 for any free one; they are not served without. */
  metricsPort?: number
  /** Folder of models. */
  models: string
  /** The model that the id `default` stands for; chosen among the models by default. */
  defaultModel?: string
  /** Folder of versions of models and channels. */
  bucket?: string
  /** Models and versions must be signed by this key to answer. */
  key?: VerificationKey
  /** Seconds between reads of the channels. */
  channelSeconds?: number
  /** Folder of the built page; none is served without. */
  page?: string
  /** Requests a minute and client; 0 for no limit. */
  rate: number
  /** Clients with API keys. */
  keys?: readonly ApiKeyEntry[]
  /** Bytes of weights kept loaded. */
  sessionBytes: number
  /** Receives lines of the access log; without, there is none. */
  writeAccessLog?(text: string): void
  log(message: string): void
}

/** A running Node server. */
export interface NodeServer {
  url: string
  /** Where the metrics are served. */
  metricsUrl?: string
  /**
   * Shuts the server down.
   *
   * @param drain milliseconds during which requests are still answered, and load balancers told to go elsewhere
   * @param grace milliseconds that running requests then have to finish
   */
  stop(drain?: number, grace?: number): Promise<void>
}

/** Serves the API and the page from Node, and its metrics on a port of their own. @throws Error when a port cannot be used */
export async function startServer(options: ServerOptions): Promise<NodeServer> {
  const state: ServerState = { draining: false, inFlight: 0 }
  const app = createApp(openPlatform(options, state))
  const metrics = startMetrics({ inFlight: () => state.inFlight, queued: () => app.queued() })
  const server = createHttpServer({
    app,
    address: options,
    metrics,
    accessLog: options.writeAccessLog && accessLog(options.writeAccessLog),
    state,
  })
  const url = await listen(server, options.port, options.host)
  const metricsServer =
    options.metricsPort === undefined
      ? undefined
      : await serveMetrics(metrics, options.metricsPort, options.host)
  return {
    url,
    metricsUrl: metricsServer?.url,
    async stop(drain = 0, grace = 10_000) {
      await drainServer(server, state, drain, grace)
      await metricsServer?.stop()
    },
  }
}

async function listen(server: Server, port: number, host: string): Promise<string> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host, resolve)
  })
  const address = server.address()
  const bound = typeof address === 'object' && address ? address.port : port
  return `http://${host.includes(':') ? `[${host}]` : host}:${bound}`
}

async function serveMetrics(metrics: Metrics, port: number, host: string) {
  const server = createServer((incoming, outgoing) => {
    const found = incoming.url === '/metrics'
    outgoing.writeHead(found ? 200 : 404, { 'content-type': 'text/plain; version=0.0.4' })
    outgoing.end(found ? metrics.text() : 'Metrics are at /metrics.\n')
  })
  const url = `${await listen(server, port, host)}/metrics`
  return {
    url,
    async stop() {
      server.closeAllConnections()
      await new Promise(resolve => server.close(resolve))
    },
  }
}

/** Nothing has to be kept alive: Node runs on when a client goes. */
const keepAlive = () => {}

function openPlatform(options: ServerOptions, state: ServerState): Platform {
  const runtime = nativeRuntime(options.sessionBytes)
  const engine: Engine = { runtime, sessions: sessionCache(runtime.sessionBytes, keepAlive) }
  return {
    ...engine,
    store: openStore(options, engine),
    defaultModel: options.defaultModel,
    limitRate: options.rate > 0 ? rateLimiter(options.rate, 60) : undefined,
    pictures: nodeDecoders(),
    keys: options.keys && apiKeys(options.keys, memoryCounters()),
    compresses: true,
    page: options.page === undefined ? undefined : staticPage(options.page),
    isShuttingDown: () => state.draining,
    keepAlive,
    build: 'node',
    log: options.log,
  }
}

/** Bytes of files of versions that answer, so that they do while the folder cannot be read. */
const FILE_BYTES = 256 * 2 ** 20

function openStore(
  { models, bucket, channelSeconds = 20, key, log }: ServerOptions,
  engine: Engine,
): ModelStore {
  const bundled = folderStore(models, key)
  if (bucket === undefined) return bundled
  return versionedStore({
    bundled,
    bucket: folderBucket(bucket),
    interval: channelSeconds * 1000,
    fileBytes: FILE_BYTES,
    key,
    selfTest: version => selfTest(version, engine),
    keepAlive,
    log,
  })
}
