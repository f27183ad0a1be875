import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { FOLDERS, ROOT } from '../../edge/node/build.ts'
import { startServer } from '../../edge/node/server.ts'

/**
 * The page, served by Node with the zoo's models.
 *
 * @param built the folder of a built page; left out, the page is built from the sources as they are
 */
export async function startPageServer(built?: string): Promise<{ url: string; stop(): Promise<void> }> {
  const page = built ?? (await buildPage())
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
      if (!built) await rm(page, { recursive: true, force: true })
    },
  }
}

async function buildPage(): Promise<string> {
  const { build } = await import('vite')
  const page = await mkdtemp(path.join(tmpdir(), 'latent-edge-page-'))
  await build({
    root: path.join(ROOT, 'web'),
    configFile: path.join(ROOT, 'web/vite.config.ts'),
    logLevel: 'error',
    build: { outDir: page },
  })
  return page
}
