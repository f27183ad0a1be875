import { readdir } from 'node:fs/promises'
import { createRequire } from 'node:module'
import path from 'node:path'
import type { ApiKeyEntry } from '../http/api-keys.ts'
import { FOLDERS } from './build.ts'
import { childrenNamed, endProcess } from './child-processes.ts'

/** As in wrangler.jsonc. */
const COMPATIBILITY_DATE = '2026-10-23'

/**
 * The type of each module of the bundle, by the ending of its file, in the order in which Miniflare gets them: the script
 * first, and last the largest.
 */
const MODULE_TYPES: readonly (readonly [
  ending: string,
  type: 'ESModule' | 'CompiledWasm' | 'Data' | 'Text',
])[] = [
  ['.js', 'ESModule'],
  ['.txt', 'Text'],
  ['.bin', 'Data'],
  ['.wasm', 'CompiledWasm'],
]

/** A Worker running in workerd on this machine. */
export interface Running {
  url: string
  /** Where the Worker's V8 inspector listens, if asked for. */
  inspector?: string
  /** Stops workerd at once. */
  stop(): Promise<void>
  /**
   * Lets workerd finish running requests for up to `grace` milliseconds, while it takes no new connections, and stops it.
   */
  drain(grace?: number): Promise<void>
}

/** Options of a server in workerd. */
export interface WorkerdOptions {
  host: string
  /** 0 for any free port. */
  port: number
  /** Folder of the bundled Worker; the build's by default. */
  worker?: string
  /** Folder of static assets; the build's by default. */
  assets?: string
  /** The model that the id `default` stands for. */
  defaultModel?: string
  /** Clients with API keys, put into KV. */
  keys?: readonly ApiKeyEntry[]
  /** Requests a minute and client; 0 for no limit. Miniflare counts them in a Durable Object, slower than Cloudflare. */
  limit?: number
  log?: (line: string) => void
  /** Folder where workerd keeps its R2 buckets; without it, there is no bucket. */
  state?: string
  /** The scheme and host that people see. */
  publicUrl?: string
  /** Whether to trust the headers of a proxy in front. */
  trustProxy?: boolean
  /** Seconds between reads of the channels. */
  channelSeconds?: number
  /** Public key in PEM: versions in the bucket that it did not sign do not answer. */
  verifyKey?: string
  /** Whether there is an Analytics Engine data set. Miniflare takes its data points and drops them. */
  metrics?: boolean
  /** Whether Miniflare simulates the Cache API, in Node; true by default. */
  cache?: boolean
  /** Whether V8's inspector is served, on any free port. */
  inspect?: boolean
}

/**
 * Runs the bundled Worker in workerd with its assets, cache and rate limit. It listens on workerd's own socket, without
 * Miniflare's proxy in front.
 */
export async function startWorkerd(options: WorkerdOptions): Promise<Running> {
  const { assets = FOLDERS.assets } = options
  prepareWorkerd()
  const { convertV4MiniflareOptions, Miniflare } = await importMiniflare()
  const others = new Set(childrenNamed('workerd'))
  const miniflare = new Miniflare(
    convertV4MiniflareOptions({
      host: '127.0.0.1',
      cf: false,
      logRequests: false,
      ...(options.inspect && { inspectorPort: 0 }),
      ...(options.state !== undefined && { resourcePersistencePath: options.state }),
      handleStructuredLogs: ({ message }) => options.log?.(message),
      workers: [
        // The assets are a Worker of their own: as part of the main one, every request would go through Miniflare's asset
        // router, which costs more than most answers.
        {
          name: 'assets',
          compatibilityDate: COMPATIBILITY_DATE,
          modules: [{ type: 'ESModule', path: 'none.js', contents: 'export default {}' }],
          assets: { directory: assets, routerConfig: { has_user_worker: false } },
        },
        // Last, because of its size: Miniflare's encoder copies all that it has written whenever its buffer grows.
        await apiWorker(options),
      ],
    }),
  )
  const url = await miniflare.unsafeGetDirectURL(API)
  if (options.keys) {
    const namespace = await miniflare.getKVNamespace('KEYS', API)
    await namespace.put('keys.json', JSON.stringify({ keys: options.keys }))
  }
  const inspector = options.inspect
    ? new URL(`/core:user:${API}`, await miniflare.getInspectorURL()).href
    : undefined
  const pid = findWorkerd(others)
  return {
    url: url.origin,
    inspector,
    stop: () => miniflare.dispose(),
    async drain(grace = 10_000) {
      // workerd itself drains on SIGTERM; Miniflare only kills it.
      if (pid !== undefined) await endProcess(pid, grace)
      await miniflare.dispose()
    },
  }
}

/** The name of the API's Worker. */
const API = 'latent-edge'

/** The API's Worker with its bindings, as Miniflare takes it. */
async function apiWorker(options: WorkerdOptions) {
  const { host, port, worker = FOLDERS.worker, limit = 600 } = options
  const files = await readdir(worker)
  const endingOf = (file: string) => MODULE_TYPES.findIndex(([ending]) => ending === path.extname(file))
  const modules = files.filter(file => endingOf(file) >= 0).sort((a, b) => endingOf(a) - endingOf(b))
  return {
    name: API,
    compatibilityDate: COMPATIBILITY_DATE,
    rootPath: worker,
    modulesRoot: worker,
    modules: modules.map(file => ({
      type: MODULE_TYPES[endingOf(file)][1],
      path: path.join(worker, file),
    })),
    serviceBindings: { ASSETS: 'assets' },
    ...(limit > 0 && {
      ratelimits: { RATE_LIMIT: { namespace_id: '1001', simple: { limit, period: 60 as const } } },
    }),
    ...(options.state !== undefined && { r2Buckets: { MODELS: 'latent-edge-models' } }),
    ...(options.metrics && { analyticsEngineDatasets: { METRICS: { dataset: 'latent_edge' } } }),
    ...(options.keys && {
      kvNamespaces: { KEYS: 'latent-edge-keys' },
      durableObjects: { KEY_COUNTERS: { className: 'KeyCounterObject', useSQLite: true } },
    }),
    bindings: {
      RATE_LIMIT_REQUESTS: limit,
      RATE_LIMIT_SECONDS: 60,
      CHANNEL_SECONDS: options.channelSeconds ?? 20,
      DEFAULT_MODEL: options.defaultModel ?? '',
      COMPRESS: true,
      TRUST_PROXY: options.trustProxy ?? false,
      ...(options.publicUrl !== undefined && { PUBLIC_URL: options.publicUrl }),
      ...(options.verifyKey !== undefined && { VERIFY_KEY: options.verifyKey }),
    },
    cacheAPI: options.cache ?? true,
    unsafeDirectSockets: [{ host, port }],
  }
}

/**
 * Imports Miniflare without NODE_EXTRA_CA_CERTS, which many systems and firms set. Miniflare reads it when it is imported, and
 * gives workerd those certificates for requests to the internet. The API makes none, and a system's 144 certificates make
 * its start take 0.6 s longer.
 */
async function importMiniflare(): Promise<typeof import('miniflare')> {
  const { NODE_EXTRA_CA_CERTS: certificates } = process.env
  delete process.env.NODE_EXTRA_CA_CERTS
  try {
    return await import('miniflare')
  } finally {
    if (certificates !== undefined) process.env.NODE_EXTRA_CA_CERTS = certificates
  }
}

/**
 * Sets how Miniflare starts workerd, unless the environment says otherwise.
 *
 * workerd runs in a script that ties it to this process: it then ends even when this process gets a SIGKILL. And V8 keeps
 * the baseline code of wasm. By default it drops that of all wasm in the process whenever an isolate is created, which
 * workerd reports as memory pressure: Miniflare's own isolates start after the API's, and the first requests would compile
 * again what the API's start has compiled, 80 ms for the first model that is opened.
 */
function prepareWorkerd(): void {
  process.env.MINIFLARE_WORKERD_V8_FLAGS ??= '--no-flush-liftoff-code'
  if (process.platform === 'win32') return
  process.env.LATENT_EDGE_WORKERD ??= createRequire(import.meta.url)('workerd').default
  process.env.MINIFLARE_WORKERD_PATH ??= path.join(import.meta.dirname, 'tied-workerd.sh')
}

/** The process of a workerd that was started after `others`; undefined where processes cannot be listed. */
function findWorkerd(others: ReadonlySet<number>): number | undefined {
  return childrenNamed('workerd').find(pid => !others.has(pid))
}
