import { readFileSync } from 'node:fs'
import { serve } from '@hono/node-server'
import { Hono } from 'hono'
import { readStatus } from './status.ts'
import type { Sql } from './tables.ts'

/**
 * Serves a page with the state of a queue, which loads nothing else from the network and changes nothing.
 *
 * @returns its address, and a function that stops it
 */
export async function startDashboard(
  sql: Sql,
  host: string,
  port: number,
): Promise<{ url: string; close(): Promise<void> }> {
  const page = readFileSync(new URL('dashboard.html', import.meta.url), 'utf8')
  const app = new Hono()
  const policy =
    "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; connect-src 'self'"
  app.get('/', c =>
    c.html(page, 200, { 'content-security-policy': policy, 'x-content-type-options': 'nosniff' }),
  )
  app.get('/status.json', async c => {
    try {
      const { runs, ...status } = await readStatus(sql)
      const lean = runs.map(({ result, ...run }) => ({
        ...run,
        seconds: result?.seconds ?? null,
        losses: result?.curve ?? null,
      }))
      return c.json({ ...status, runs: lean }, 200, { 'cache-control': 'no-store' })
    } catch (error) {
      return c.json({ error: `the queue does not answer: ${(error as Error).message}` }, 503)
    }
  })
  return new Promise((resolve, reject) => {
    const server = serve({ fetch: app.fetch, hostname: host, port }, info =>
      resolve({
        url: `http://${host}:${info.port}/`,
        close: () => new Promise(done => server.close(() => done())),
      }),
    )
    server.on('error', reject)
  })
}
