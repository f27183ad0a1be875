import { serveStatic } from '@hono/node-server/serve-static'
import { Hono } from 'hono'
import { PAGE_HEADERS } from '../http/headers.ts'

/** Serves the built page from a folder, with the headers that edge/_headers gives its files in a Worker. */
export function staticPage(folder: string): (request: Request) => Promise<Response> {
  const app = new Hono()
  app.use('*', async (c, next) => {
    await next()
    for (const [name, value] of Object.entries(PAGE_HEADERS)) c.header(name, value)
    // By its extension alone, .ts would be served as an MPEG transport stream.
    if (c.req.path.endsWith('.d.ts')) c.header('content-type', 'text/plain; charset=utf-8')
    const isHashed = c.req.path.startsWith('/assets/')
    c.header(
      'cache-control',
      isHashed ? 'public, max-age=31536000, immutable' : 'public, max-age=0, must-revalidate',
    )
  })
  app.use('*', serveStatic({ root: folder }))
  return async request => app.fetch(request)
}
