import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { build } from 'vite'
import { FOLDERS, ROOT } from '../../edge/node/build.ts'
import { startServer } from '../../edge/node/server.ts'

/** The page built from the sources as they are, served by Node with the zoo's models. */
export async function startPageServer(): Promise<{ url: string; stop(): Promise<void> }> {
  const page = await mkdtemp(path.join(tmpdir(), 'latent-edge-page-'))
  await build({
    root: path.join(ROOT, 'web'),
    configFile: path.join(ROOT, 'web/vite.config.ts'),
    logLevel: 'error',
    build: { outDir: page },
  })
  const server = await startServer({
    host: '127.0.0.1',
    port: 0,
    models: FOLDERS.zoo,
    page,
    rate: 0,
    trustProxy: false,
    sessionBytes: 2 ** 26,
    log: () => {},
  })
  return {
    url: server.url,
    async stop() {
      await server.stop()
      await rm(page, { recursive: true, force: true })
    },
  }
}
