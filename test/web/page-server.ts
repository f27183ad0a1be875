import { FOLDERS } from '../../edge/node/build.ts'
import { startServer } from '../../edge/node/server.ts'

/**
 * The page, served by Node with the zoo's models.
 *
 * @param built the folder of a built page; left out, the page is built from the sources as they are
 */
export async function startPageServer(built?: string): Promise<{ url: string; stop(): Promise<void> }> {
  // Imported here, because Vite is not needed where a page is given.
  const page = built ?? (await (await import('../support/built-page.ts')).builtPage())
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
    stop: () => server.stop(),
  }
}
