// Its waitUntil is that of the request whose code is running: one’s own I/O ends with one’s own request, so another
// request’s context could not keep it alive.
import { waitUntil } from 'cloudflare:workers'
import type { RateLimit, WorkerVersionMetadata } from '@cloudflare/workers-types'
import { type App, createApp } from './app.ts'
import { type Assets, assetStore } from './catalog/asset-store.ts'
import { wasmRuntime } from './catalog/wasm-runtime.ts'
import type { Platform, Store } from './platform.ts'
import { type R2Binding, r2Bucket } from './versions/bucket.ts'
import { versionedStore } from './versions/versioned-store.ts'

/** The Worker's bindings and variables, as wrangler.jsonc names them. */
interface Env {
  ASSETS: Assets
  /** Versions of models and which of them answer; without, the bundled models do. */
  MODELS?: R2Binding
  /** Seconds between looks at the channels; 20 by default, 30 at most. */
  CHANNEL_SECONDS?: number
  /** Metadata of the deployed version. */
  VERSION?: WorkerVersionMetadata
  RATE_LIMIT?: RateLimit
  /** The binding's own limit and window, which it does not tell. */
  RATE_LIMIT_REQUESTS?: number
  RATE_LIMIT_SECONDS?: number
}

declare const caches: { default: NonNullable<Platform['cache']> }

let app: App | undefined

export default {
  fetch(request: Request, env: Env): Response | Promise<Response> {
    app ??= createApp(platformOf(env), env.VERSION?.id || 'dev', waitUntil)
    return app.fetch(request, env)
  },
}

function platformOf(env: Env): Platform {
  const { RATE_LIMIT: binding, RATE_LIMIT_REQUESTS: limit = 600, RATE_LIMIT_SECONDS: window = 60 } = env
  return {
    store: storeOf(env),
    runtime: wasmRuntime,
    limit: binding && (async key => ({ allowed: (await binding.limit({ key })).success, limit, window })),
    client: request => ({
      name: () => request.headers.get('cf-connecting-ip') ?? 'unknown',
      // Where workerd hears of a hang-up, the request's code does not go on.
      gone: () => false,
    }),
    cache: caches.default,
    page: request => env.ASSETS.fetch(request),
    log: message => console.error(message),
  }
}

/** Bytes of live versions' files kept, within a Worker's 128 MB beside sessions and answers. */
const FILE_BYTES = 16 * 2 ** 20

function storeOf({ ASSETS, MODELS, CHANNEL_SECONDS = 20 }: Env): Store {
  const bundled = assetStore(ASSETS)
  if (!MODELS) return bundled
  return versionedStore({
    bundled,
    bucket: r2Bucket(MODELS),
    interval: 1000 * Math.min(CHANNEL_SECONDS, 30),
    memory: FILE_BYTES,
    keepAlive: waitUntil,
    log: message => console.error(message),
  })
}
