import { statSync } from 'node:fs'
import { serveStatic } from '@hono/node-server/serve-static'
import { type Context, Hono } from 'hono'
import { compress } from 'hono/compress'
import { applyConditions } from '../http/conditional.ts'
import { PAGE_HEADERS } from '../http/headers.ts'
import { toResponse } from '../http/reply.ts'
import { headOf } from '../http/request-head.ts'

/** Serves the built page from a folder, compressed, with the headers that edge/_headers gives its files in a Worker. */
export function staticPage(folder: string): (request: Request) => Promise<Response> {
  const app = new Hono()
  app.use('*', compress())
  app.use('*', async (c, next) => {
    await next()
    if (!c.res.ok) return
    for (const [name, value] of Object.entries(PAGE_HEADERS)) c.header(name, value)
    // The usual type of the extension .ts is an MPEG transport stream.
    if (c.req.path.endsWith('.d.ts')) c.header('content-type', 'text/plain; charset=utf-8')
    const isHashed = c.req.path.startsWith('/assets/')
    c.header(
      'cache-control',
      isHashed ? 'public, max-age=31536000, immutable' : 'public, max-age=0, must-revalidate',
    )
    await revalidate(c)
  })
  app.use('*', serveStatic({ root: folder, onFound: tag }))
  return async request => app.fetch(request)
}

/** Adds an entity tag and a date, made from the file's size and time of change. */
function tag(file: string, c: Context): void {
  const { size, mtimeMs, mtime } = statSync(file)
  c.header('etag', `W/"${size.toString(16)}-${Math.trunc(mtimeMs).toString(16)}"`)
  c.header('last-modified', mtime.toUTCString())
}

/** Answers 304 or 412 in place of the file where the request's conditions say so. */
async function revalidate(c: Context): Promise<void> {
  const client = { address: () => '', hasHungUp: () => false }
  const file = { status: c.res.status, headers: Object.fromEntries(c.res.headers), body: null }
  const reply = applyConditions(file, headOf(c.req.raw, client))
  if (reply === file) return
  await c.res.body?.cancel()
  c.res = undefined
  c.res = toResponse(reply)
}
