import { createApp } from './app.ts'
import { type Assets, assetStore } from './assets.ts'
import { wasmRuntime } from './runtime.ts'

interface Env {
  ASSETS: Assets
  /** Metadata of the deployed version. */
  VERSION?: { id: string }
  RATE_LIMIT?: { limit(options: { key: string }): Promise<{ success: boolean }> }
}
interface Context {
  waitUntil(work: Promise<unknown>): void
}

let app: ReturnType<typeof createApp> | undefined
let context: Context

export default {
  fetch(request: Request, env: Env, ctx: Context): Response | Promise<Response> {
    context = ctx
    app ??= createApp(
      {
        store: assetStore(env.ASSETS),
        runtime: wasmRuntime,
        client: r => r.headers.get('cf-connecting-ip') ?? 'unknown',
        page: r => env.ASSETS.fetch(r),
        log: message => console.error(message),
      },
      env.VERSION?.id ?? 'dev',
      work => context.waitUntil(work),
    )
    return app.fetch(request, env)
  },
}
