import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest'
import { download } from './download.ts'
import type { KnownSet } from './known-datasets.ts'
import { cacheFolder } from './known-files.ts'
import { obtain } from './obtain.ts'

/** 300 kB that repeat nowhere, so that a piece out of place shows. */
const content = Buffer.concat(
  Array.from({ length: 9375 }, (_, i) => createHash('sha256').update(String(i)).digest()),
)
type Answer = (request: IncomingMessage, response: ServerResponse) => void
let answers: Answer[] = []
let asked: { url?: string; range?: string }[] = []
let base = ''
let target = ''
const folder = mkdtempSync(join(tmpdir(), 'download-'))
const server = createServer((request, response) => {
  asked.push({ url: request.url, range: request.headers.range })
  const answer = answers.length > 1 ? answers.shift()! : answers[0]
  answer(request, response)
})

beforeAll(async () => {
  await new Promise<void>(listening => server.listen(0, '127.0.0.1', listening))
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})
afterAll(() => {
  vi.unstubAllEnvs()
  server.closeAllConnections()
  server.close()
  rmSync(folder, { recursive: true })
})
beforeEach(() => {
  asked = []
  target = join(mkdtempSync(join(folder, 'case-')), 'file')
})

/** Serves `body` with Range; cuts the connection after `cut` bytes where that is given. */
function serve(body: Buffer, cut = Number.POSITIVE_INFINITY): Answer {
  return (request, response) => {
    const start = Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? '')?.[1] ?? 0)
    if (start >= body.length) {
      response.writeHead(416, { 'content-range': `bytes */${body.length}` }).end()
      return
    }
    const headers = { 'content-length': body.length - start }
    const range = { 'content-range': `bytes ${start}-${body.length - 1}/${body.length}` }
    response.writeHead(start > 0 ? 206 : 200, start > 0 ? { ...headers, ...range } : headers)
    send(response, body.subarray(start), cut, start)
  }
}

/** The same from a server that knows no Range. */
function serveWhole(body: Buffer, cut = Number.POSITIVE_INFINITY): Answer {
  return (_, response) => {
    response.writeHead(200, { 'content-length': body.length })
    send(response, body, cut)
  }
}

/** Sends `body`, or its first `cut` bytes: then it breaks the connection once they lie in the partial file. */
function send(response: ServerResponse, body: Buffer, cut: number, start = 0): void {
  if (cut >= body.length) {
    response.end(body)
    return
  }
  response.write(body.subarray(0, cut))
  const waiting = setInterval(() => {
    if (statSync(`${target}.partial`, { throwIfNoEntry: false })?.size !== start + cut) return
    clearInterval(waiting)
    response.destroy()
  }, 5)
}

function status(code: number): Answer {
  return (_, response) => response.writeHead(code).end('<html>an error page</html>')
}

async function verify(stored: Uint8Array): Promise<void> {
  if (!content.equals(stored)) throw new Error(`expected the content, got ${stored.length} bytes`)
}

function get(options: { silenceMs?: number; onProgress?: (received: number, total?: number) => void } = {}) {
  return download({ url: `${base}/file`, target, verify, pauseMs: 1, ...options })
}

function expectDone(): void {
  expect(readFileSync(target).equals(content)).toBe(true)
  expect(readdirSync(join(target, '..'))).toEqual(['file'])
}

test('a download resumes after each broken connection and reports its progress', async () => {
  answers = [serve(content, 100_000), serve(content, 50_000), serve(content)]
  const seen: [number, number | undefined][] = []
  await get({ onProgress: (received, total) => seen.push([received, total]) })
  expectDone()
  expect(asked.map(a => a.range)).toEqual([undefined, 'bytes=100000-', 'bytes=150000-'])
  expect(seen.at(-1)).toEqual([content.length, content.length])
  expect(
    seen.every(([received, total], i) => total === content.length && (i === 0 || received > seen[i - 1][0])),
  ).toBe(true)
})

test('a download resumes a partial or complete file of an earlier call', async () => {
  answers = [serve(content)]
  writeFileSync(`${target}.partial`, content.subarray(0, 120_000))
  await get()
  expectDone()
  rmSync(target)
  writeFileSync(`${target}.partial`, content)
  await get()
  expectDone()
  expect(asked.map(a => a.range)).toEqual(['bytes=120000-', `bytes=${content.length}-`])
})

test('a download starts again if the server does not support Range', async () => {
  answers = [serveWhole(content, 100_000), serveWhole(content)]
  await get()
  expectDone()
})

test('a download survives more broken connections than attempts, as long as each brings some bytes', async () => {
  answers = [serve(content, 25_000)]
  await get()
  expectDone()
  expect(asked.length).toBe(12)
})

test('a partial file with other content is fetched again from its beginning', async () => {
  answers = [serve(content)]
  writeFileSync(`${target}.partial`, Buffer.alloc(1000, 7))
  await get()
  expectDone()
  expect(asked.map(a => a.range)).toEqual(['bytes=1000-', undefined])
})

test('a partial file longer than the published one is fetched again from its beginning', async () => {
  answers = [serve(content)]
  writeFileSync(`${target}.partial`, Buffer.alloc(content.length + 5))
  await get()
  expectDone()
})

test('a corrupt download is removed and named', async () => {
  answers = [serve(Buffer.alloc(content.length, 1))]
  await expect(get()).rejects.toThrow(
    `${base}/file: the download is not the file wanted and was removed: expected the content, got 300000 bytes`,
  )
  expect(asked.length).toBe(1)
  expect(readdirSync(join(target, '..'))).toEqual([])
})

test('a download fails if its content is corrupt whenever it is resumed', async () => {
  const broken = Buffer.alloc(content.length, 1)
  answers = [serve(broken, 200_000)]
  await expect(get()).rejects.toThrow('is not the file wanted and was removed')
  expect(asked.length).toBe(4)
})

test('a status 404 is not tried again', async () => {
  answers = [status(404)]
  await expect(get()).rejects.toThrow(`${base}/file: download failed: expected status 200, got 404 Not Found`)
  expect(asked.length).toBe(1)
  expect(readdirSync(join(target, '..'))).toEqual([])
})

test('a status 503 is tried again, a limited number of times', async () => {
  answers = [status(503), status(429), serve(content)]
  await get()
  expectDone()
  asked = []
  answers = [status(503)]
  writeFileSync(`${target}.partial`, content.subarray(0, 10))
  await expect(get()).rejects.toThrow(
    'got 503 Service Unavailable; the first 10 bytes are kept, and the next try goes on from there',
  )
  expect(asked.length).toBe(5)
})

test('a connection without data is closed and tried again', async () => {
  const silent: Answer = (_, response) => {
    response.writeHead(200, { 'content-length': content.length })
    response.write(content.subarray(0, 1000))
  }
  answers = [silent, serve(content)]
  await get({ silenceMs: 300 })
  expectDone()
  expect(asked.map(a => a.range)).toEqual([undefined, 'bytes=1000-'])
})

test('an unreachable server and an invalid address are named at once', async () => {
  const closed = createServer().listen(0, '127.0.0.1')
  await once(closed, 'listening')
  const { port } = closed.address() as AddressInfo
  await new Promise(done => closed.close(done))
  const call = (url: string) => download({ url, target, verify, pauseMs: 1e9 })
  const nobody = `http://127.0.0.1:${port}/file`
  await expect(call(nobody)).rejects.toThrow(`${nobody}: download failed: fetch failed (connect ECONNREFUSED`)
  await expect(call('nonsense')).rejects.toThrow('nonsense: download failed: Failed to parse URL')
})

test('a data set is fetched from a mirror into the cache: damaged files again, good ones not', async () => {
  vi.stubEnv('XDG_CACHE_HOME', mkdtempSync(join(folder, 'cache-')))
  vi.stubEnv('LATENT_EDGE_DATA', '')
  const sha256 = createHash('sha256').update(content).digest('hex')
  const set: KnownSet = {
    name: 'tiny',
    height: 1,
    width: 1,
    trainImages: 1,
    classes: [],
    polarity: 'photograph',
    files: [{ file: 'images', bytes: content.length, sha256 }],
    urls: ['http://published.example/folder/images'],
  }
  answers = [serve(content)]
  const path = join(cacheFolder('tiny'), 'images')
  const options = { urlBase: `${base}/` }
  expect(await obtain(set, options)).toEqual([path])
  expect(asked).toEqual([{ url: '/tiny/images', range: undefined }])
  expect(await obtain(set, options)).toEqual([path])
  expect(asked.length).toBe(1)
  writeFileSync(path, 'broken')
  expect(await obtain(set, options)).toEqual([path])
  expect(asked.length).toBe(2)
  expect(readFileSync(path).equals(content)).toBe(true)

  rmSync(path)
  answers = [status(403)]
  await expect(obtain(set, options)).rejects.toThrow(
    `${base}/tiny/images: download failed: expected status 200, got 403 Forbidden. Or fetch ${set.urls[0]} by other ` +
      `means and put it into ${cacheFolder('tiny')} or a folder named with --data-dir`,
  )

  const dataDir = mkdtempSync(join(folder, 'own-'))
  writeFileSync(join(dataDir, 'images'), 'broken')
  await expect(obtain(set, { ...options, dataDir })).rejects.toThrow(
    `${join(dataDir, 'images')}: expected 300000 raw bytes with SHA-256 ${sha256} (tiny), got 6 with `,
  )
  expect(existsSync(join(dataDir, 'images'))).toBe(true)
})
