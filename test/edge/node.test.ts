import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { Agent, get } from 'node:http'
import { createConnection, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ROOT } from '../../edge/node/build.ts'
import { folderStore } from '../../edge/node/folder-store.ts'
import { rateLimiter } from '../../edge/node/rate-limiter.ts'
import { type NodeServer, startServer } from '../../edge/node/server.ts'
import { writeModel } from './fixture-model.ts'
import { sendRaw, statusOf } from './raw-http.ts'
import { problemOf } from './read-answers.ts'

let zoo: string
const options = {
  host: '127.0.0.1',
  port: 0,
  rate: 0,
  trustProxy: false,
  sessionBytes: 2 ** 26,
  log: () => {},
}

beforeAll(async () => {
  zoo = await mkdtemp(path.join(tmpdir(), 'latent-edge-zoo-'))
  await writeModel(zoo, { id: 'a-vae-z2', kind: 'vae', latentDim: 2, height: 8, width: 8 })
})
afterAll(() => rm(zoo, { recursive: true, force: true }))

describe('rate', () => {
  test('a request for many images counts as several', async () => {
    const server = await startServer({ ...options, models: zoo, rate: 10 })
    try {
      const ask = (query: string) => fetch(`${server.url}/v1/models/a-vae-z2/sample?${query}`)
      expect((await ask('n=64&seed=1')).headers.get('ratelimit')).toMatch(/^"client";r=6;t=\d+$/)
      expect((await problemOf(await ask('n=200&seed=1'))).code).toBe('rate-limited')
    } finally {
      await server.stop()
    }
  })
  test('each client is counted in windows of its own', () => {
    let now = 0
    const limit = rateLimiter(2, 60, () => now)
    expect([1, 2, 3].map(() => limit('a').allowed)).toEqual([true, true, false])
    expect(limit('b')).toEqual({ allowed: true, limit: 2, window: 60, remaining: 1, reset: 60 })
    now = 59_500
    expect(limit('a')).toMatchObject({ allowed: false, remaining: 0, reset: 1 })
    now = 60_000
    expect(limit('a').allowed).toBe(true)
  })
  test('the rate is stated in every answer and exceeded with 429; answers from memory are not counted', async () => {
    const server = await startServer({ ...options, models: zoo, rate: 2 })
    try {
      const ask = (query: string) => fetch(`${server.url}/v1/models/a-vae-z2/sample?${query}`)
      const first = await ask('seed=1')
      expect(first.headers.get('ratelimit-policy')).toBe('"client";q=2;w=60')
      expect(first.headers.get('ratelimit')).toMatch(/^"client";r=1;t=\d+$/)
      await ask('seed=2')
      const refused = await ask('seed=3')
      expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0)
      expect(refused.headers.get('ratelimit')).toMatch(/^"client";r=0;t=\d+$/)
      expect(await problemOf(refused)).toMatchObject({ status: 429, code: 'rate-limited' })
      expect((await ask('seed=1')).status).toBe(200)
      expect((await fetch(`${server.url}/healthz`)).status).toBe(200)
    } finally {
      await server.stop()
    }
  })
  test('behind a proxy the client is the last address it forwarded, without its port, and its /64', async () => {
    const server = await startServer({ ...options, models: zoo, rate: 1, trustProxy: true })
    try {
      const ask = (from: string, seed: number) =>
        fetch(`${server.url}/v1/models/a-vae-z2/sample?seed=${seed}`, {
          headers: { 'x-forwarded-for': from },
        })
      expect((await ask('spoofed, 10.0.0.1', 1)).status).toBe(200)
      expect((await ask('other, 10.0.0.1', 2)).status).toBe(429)
      expect((await ask('10.0.0.1:4711', 4)).status).toBe(429)
      expect((await ask('10.0.0.2', 3)).status).toBe(200)
      expect((await ask('[2001:db8:1:2::1]:80', 5)).status).toBe(200)
      expect((await ask('2001:db8:1:2:ffff::7', 6)).status).toBe(429)
      expect((await ask('2001:db8:1:3::1', 7)).status).toBe(200)
    } finally {
      await server.stop()
    }
  })
})

describe('a folder of models', () => {
  test('a folder of models is read again while the server runs', async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'latent-edge-live-'))
    const server = await startServer({ ...options, models: folder })
    const version = async () => {
      const response = await fetch(`${server.url}/v1/models/live/sample?seed=1`)
      return response.ok ? response.headers.get('x-model') : (await problemOf(response)).code
    }
    const settled = (expected: string) =>
      expect.poll(version, { interval: 100, timeout: 10_000 }).toBe(expected)
    try {
      expect(await version()).toBe('unknown-model')
      const fixture = { id: 'live', kind: 'vae', latentDim: 2, height: 8, width: 8 } as const
      const first = await writeModel(folder, fixture)
      await settled(`live@${first.version}`)
      const second = await writeModel(folder, { ...fixture, seed: 5 })
      await settled(`live@${second.version}`)
      await rm(path.join(folder, 'live'), { recursive: true })
      await settled('unknown-model')
    } finally {
      await server.stop()
      await rm(folder, { recursive: true, force: true })
    }
  })
  test('a missing model file causes 503 until it is restored', async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'latent-edge-gone-'))
    await cp(zoo, folder, { recursive: true })
    const file = path.join(folder, 'a-vae-z2/decoder.onnx')
    const bytes = await readFile(file)
    await rm(file)
    const server = await startServer({ ...options, models: folder })
    try {
      const sample = () => fetch(`${server.url}/v1/models/a-vae-z2/sample?seed=1`)
      expect((await problemOf(await sample())).code).toBe('model-unavailable')
      expect((await problemOf(await fetch(`${server.url}/readyz`))).status).toBe(503)
      await writeFile(file, bytes)
      expect((await sample()).status).toBe(200)
      expect((await fetch(`${server.url}/readyz`)).status).toBe(200)
    } finally {
      await server.stop()
      await rm(folder, { recursive: true, force: true })
    }
  })
  test('a folder of models is listed by id, without its other files', async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'latent-edge-mixed-'))
    await cp(zoo, folder, { recursive: true })
    await writeModel(path.join(folder, 'nested'), {
      id: 'deep',
      kind: 'ae',
      latentDim: 2,
      height: 8,
      width: 8,
    })
    await writeFile(path.join(folder, 'card.json'), '{}')
    expect((await folderStore(folder).list()).map(({ id }) => id)).toEqual(['a-vae-z2'])
    await rm(folder, { recursive: true, force: true })
  })
})

test('metrics have a port of their own and count by route, status, model and cache in Prometheus’ format', async () => {
  const server = await startServer({ ...options, models: zoo, metricsPort: 0 })
  try {
    for (const seed of [1, 2, 2]) await fetch(`${server.url}/v1/models/a-vae-z2/sample?seed=${seed}`)
    await fetch(`${server.url}/v1/models/%22%0Aevil/sample`)
    expect((await fetch(`${server.url}/metrics`)).status).toBe(404)
    const text = await (await fetch(server.metricsUrl ?? '')).text()
    const route = 'route="/v1/models/{model}/sample"'
    expect(text).toContain(`http_requests_total{${route},status="200",model="a-vae-z2",cache="none"} 2`)
    expect(text).toContain(`http_requests_total{${route},status="200",model="a-vae-z2",cache="memory"} 1`)
    expect(text).toContain(`http_requests_total{${route},status="404",model="",cache="none"} 1`)
    expect(text).toContain(`http_request_duration_seconds_count{${route}} 4`)
    expect(text).toMatch(/^http_requests_in_flight 0$/m)
    expect(text).toMatch(/^heavy_queue_requests 0$/m)
    for (const line of text.trimEnd().split('\n')) {
      expect(line).toMatch(/^(# (HELP|TYPE) \w+ .+|\w+(\{\w+="[^"\n]*"(,\w+="[^"\n]*")*\})? [\d.e+-]+)$/)
    }
  } finally {
    await server.stop()
  }
})

test('the access log has one JSON line a request', async () => {
  let text = ''
  const server = await startServer({ ...options, models: zoo, writeAccessLog: lines => (text += lines) })
  try {
    const ask = (query: string) =>
      fetch(`${server.url}/v1/models/a-vae-z2/sample?${query}`, { headers: { 'x-request-id': query } })
    for (const query of ['seed=1', 'seed=1', 'n=0']) await ask(query)
    await expect.poll(() => text.split('\n').length).toBe(4)
  } finally {
    await server.stop()
  }
  const lines = text.trimEnd().split('\n')
  const [made, found, refused] = lines.map(line => JSON.parse(line))
  const common = { method: 'GET', route: '/v1/models/{model}/sample', client: '127.0.0.1' }
  expect(made).toMatchObject({ ...common, status: 200, id: 'seed=1' })
  expect(made.model).toMatch(/^a-vae-z2@[0-9a-f]{12}$/)
  expect(made.bytes).toBeGreaterThan(60)
  expect(made.ms).toBeGreaterThanOrEqual(0)
  expect(found).toMatchObject({ ...common, cache: 'memory', bytes: made.bytes })
  expect(refused).toMatchObject({ ...common, status: 400, id: 'n=0' })
})

test('a client that closes its connection while sending is counted as 499 and not logged as an error', async () => {
  const log: string[] = []
  const server = await startServer({ ...options, models: zoo, metricsPort: 0, log: line => log.push(line) })
  try {
    const { hostname, port } = new URL(server.url)
    const socket = createConnection(Number(port), hostname)
    socket.write(
      'POST /v1/models/a-vae-z2/encode HTTP/1.1\r\nHost: x\r\nContent-Type: image/png\r\nContent-Length: 900\r\n\r\nabc',
    )
    await sleep(300)
    socket.destroy()
    const counted = async () => (await (await fetch(server.metricsUrl ?? '')).text()).includes('status="499"')
    await expect.poll(counted).toBe(true)
    expect(log).toEqual([])
  } finally {
    await server.stop()
  }
})

test('large responses are not computed for clients whose connections broke', async () => {
  const server = await startServer({ ...options, models: zoo, metricsPort: 0 })
  try {
    const { hostname, port } = new URL(server.url)
    const sockets = Array.from({ length: 100 }, (_, i) => {
      const socket = createConnection(Number(port), hostname).on('error', () => {})
      const target = `/v1/models/a-vae-z2/grid?size=24&format=json&range=${1 + i / 1000}`
      socket.write(`GET ${target} HTTP/1.1\r\nHost: x\r\n\r\n`)
      return socket
    })
    await sleep(30)
    for (const socket of sockets) socket.resetAndDestroy()
    const count = async (status: number) => {
      const text = await (await fetch(server.metricsUrl ?? '')).text()
      const lines = text.matchAll(
        new RegExp(`^http_requests_total\\{.*status="${status}".*\\} (\\d+)$`, 'gm'),
      )
      return Array.from(lines, ([, n]) => Number(n)).reduce((sum, n) => sum + n, 0)
    }
    await expect.poll(async () => (await count(200)) + (await count(499)), { timeout: 30_000 }).toBe(100)
    expect(await count(499)).toBeGreaterThan(50)
  } finally {
    await server.stop()
  }
})

test('a request without Host is accepted in HTTP/1.0 and refused in HTTP/1.1', async () => {
  const server = await startServer({ ...options, models: zoo })
  try {
    expect(statusOf(await sendRaw(server.url, 'GET /healthz HTTP/1.0\r\n\r\n'))).toBe(200)
    expect(statusOf(await sendRaw(server.url, 'GET /healthz HTTP/1.1\r\n\r\n'))).toBe(400)
  } finally {
    await server.stop()
  }
})

describe('behind a proxy', () => {
  const oembedOf = async (server: NodeServer, headers: Record<string, string>, link: string) => {
    const url = `${link}/embed?model=a-vae-z2&from=seed:1&to=seed:2`
    const response = await fetch(`${server.url}/oembed?${new URLSearchParams({ url })}`, { headers })
    return response.ok
      ? ((await response.json()) as { thumbnail_url: string }).thumbnail_url
      : response.status
  }
  const proxied = { 'x-forwarded-proto': 'https', 'x-forwarded-host': 'example.org' }

  test('links have the scheme and host that a trusted proxy forwards', async () => {
    const server = await startServer({ ...options, models: zoo, trustProxy: true })
    try {
      expect(await oembedOf(server, proxied, 'https://example.org')).toMatch(/^https:\/\/example\.org\/v1\//)
      const forwarded = { forwarded: 'for=192.0.2.1;proto=https;host=example.org' }
      expect(await oembedOf(server, forwarded, 'https://example.org')).toMatch(
        /^https:\/\/example\.org\/v1\//,
      )
      const embed = await fetch(`${server.url}/embed?model=a-vae-z2&from=seed:1&to=seed:2`, {
        headers: proxied,
      })
      expect(await embed.text()).toContain('property="og:image" content="https://example.org/v1/')
      expect(embed.headers.get('strict-transport-security')).toBe('max-age=31536000')
      expect(await (await fetch(`${server.url}/docs`, { headers: proxied })).text()).toContain(
        'https://example.org/v1/',
      )
    } finally {
      await server.stop()
    }
  })
  test('without trust the headers change nothing, and HSTS is not sent over http', async () => {
    const server = await startServer({ ...options, models: zoo })
    try {
      expect(await oembedOf(server, proxied, 'https://example.org')).toBe(404)
      const docs = await fetch(`${server.url}/docs`, { headers: proxied })
      expect(docs.headers.get('strict-transport-security')).toBeNull()
      expect(await docs.text()).not.toContain('example.org')
    } finally {
      await server.stop()
    }
  })
  test('PUBLIC_URL names the origin; redirects are relative', async () => {
    const server = await startServer({ ...options, models: zoo, publicUrl: 'https://example.org' })
    try {
      expect(await oembedOf(server, {}, 'https://example.org')).toMatch(/^https:\/\/example\.org\/v1\//)
      const redirect = await fetch(`${server.url}/embed`, { redirect: 'manual' })
      expect([redirect.status, redirect.headers.get('location')]).toEqual([302, '/embed/'])
    } finally {
      await server.stop()
    }
  })
})

test('static files have an ETag and Last-Modified, and answer 304 to both', async () => {
  const page = await mkdtemp(path.join(tmpdir(), 'latent-edge-page-'))
  await writeFile(path.join(page, 'app.js'), 'export {}')
  const server = await startServer({ ...options, models: zoo, page })
  try {
    const url = `${server.url}/app.js`
    const { headers } = await fetch(url)
    const [etag, modified] = [headers.get('etag') ?? '', headers.get('last-modified') ?? '']
    const status = async (sent: Record<string, string>) => (await fetch(url, { headers: sent })).status
    expect(await status({ 'if-none-match': etag })).toBe(304)
    expect(await status({ 'if-modified-since': modified })).toBe(304)
    expect(await status({ 'if-modified-since': new Date(0).toUTCString() })).toBe(200)
    expect((await fetch(url, { method: 'POST' })).headers.get('allow')).toBe('GET, HEAD, OPTIONS')
  } finally {
    await server.stop()
    await rm(page, { recursive: true, force: true })
  }
})

test('a draining server reports it in /readyz and closes connections; no request fails', async () => {
  const [first, second] = await Promise.all([0, 1].map(() => startServer({ ...options, models: zoo })))
  const agent = new Agent({ keepAlive: true, maxSockets: 16 })
  let draining = false
  const counts = { before: 0, drained: 0, second: 0, failed: 0 }
  /** A keep-alive client as a load balancer is one: it leaves a server that closes its connection. */
  async function client(seed: number): Promise<void> {
    let server = first
    while (counts.second < 200) {
      const query = `n=${1 + (seed % 3)}&format=f32&seed=${seed++}`
      const answer = await getOnce(agent, `${server.url}/v1/models/a-vae-z2/sample?${query}`).catch(
        () => undefined,
      )
      if (answer?.status !== 200) counts.failed++
      else if (server === second) counts.second++
      else counts[draining ? 'drained' : 'before']++
      if (answer?.connection === 'close') server = second
    }
  }
  const clients = Array.from({ length: 16 }, (_, i) => client(1000 * i))
  await sleep(500)
  draining = true
  const stopped = first.stop(1000)
  const ready = await fetch(`${first.url}/readyz`, { headers: { connection: 'close' } })
  expect((await problemOf(ready)).code).toBe('shutting-down')
  await Promise.all([...clients, stopped])
  agent.destroy()
  await second.stop()
  expect(counts.failed).toBe(0)
  expect(counts.before).toBeGreaterThan(0)
  expect(counts.drained).toBeGreaterThan(0)
  await expect(fetch(`${first.url}/healthz`)).rejects.toThrow()
})

test('a server stops as soon as its last answer ends, though the answer’s connection was to be kept', async () => {
  const server = await startServer({ ...options, models: zoo })
  const stream = await fetch(
    `${server.url}/v1/models/a-vae-z2/interpolate?from=seed:1&to=seed:2&steps=128&format=sse`,
  )
  expect(stream.headers.get('connection')).toBe('keep-alive')
  // Half an hour: the test would time out if the server waited for its clients.
  const stopped = server.stop(0, 1_800_000)
  expect(await stream.text()).toContain('event: end')
  await stopped
})

describe('npm start', () => {
  const start = (args: string[], env = {}) =>
    spawn(process.execPath, [path.join(ROOT, 'edge/node/start-cli.ts'), ...args], {
      env: { ...process.env, ...env },
    })

  test('npm start serves page, API and models from workerd in spite of a corrupt card, and SIGTERM lets running answers finish', async () => {
    const out = await mkdtemp(path.join(tmpdir(), 'latent-edge-start-'))
    const models = path.join(out, 'models')
    await cp(zoo, models, { recursive: true })
    await mkdir(path.join(models, 'corrupt'))
    await writeFile(path.join(models, 'corrupt/card.json'), '{')
    const child = start(['--models', models, '--out', out], { PORT: '0' })
    try {
      const text = await read(child.stdout, /Ctrl-C/)
      const url = /Page\s+(http:\S+)\//.exec(text)?.[1].replace('localhost', '127.0.0.1')
      expect(text).toMatch(/\/v1\/models\/default\/sample\?n=16&seed=7&scale=4 +\(a-vae-z2\)/)
      const page = await fetch(`${url}/`)
      expect([page.status, page.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8'])
      expect(page.headers.get('access-control-allow-origin')).toBe('*')
      expect((await fetch(`${url}/v1/models/a-vae-z2/sample?n=16&seed=7`)).status).toBe(200)
      expect(await (await fetch(`${url}/readyz`)).json()).toMatchObject({
        status: 'ready',
        incidents: [{ name: 'corrupt', reason: expect.stringContaining('card.json: expected a card') }],
      })
      const stream = await fetch(
        `${url}/v1/models/a-vae-z2/interpolate?from=seed:1&to=seed:2&steps=64&format=sse`,
      )
      child.kill('SIGTERM')
      expect(await stream.text()).toMatch(/event: end\ndata: \{\}\nid: end\n\n$/)
      expect((await once(child, 'exit'))[0]).toBe(0)
      await expect(fetch(`${url}/healthz`)).rejects.toThrow()
    } finally {
      child.kill('SIGKILL')
      await rm(out, { recursive: true, force: true })
    }
  })
  test('npm start reports a port in use before it builds', async () => {
    const taken = createServer().listen(0, '127.0.0.1')
    await once(taken, 'listening')
    const { port } = taken.address() as { port: number }
    const child = start([], { PORT: `${port}` })
    const [text, [code]] = await Promise.all([read(child.stderr, /never/), once(child, 'exit')])
    expect(text).toBe(
      `error: port ${port} is taken by another program; choose one with PORT, as in: PORT=${port + 1} npm start\n`,
    )
    expect(code).toBe(1)
    taken.close()
  })
})

describe('npm run start:node', () => {
  const run = (args: string[], env = {}) =>
    spawn(process.execPath, [path.join(ROOT, 'edge/node/cli.ts'), ...args], {
      env: { ...process.env, ...env },
    })
  test('npm run start:node lets running answers finish after SIGTERM and ends with 0', async () => {
    const child = run(['--models', zoo], { PORT: '0', DRAIN_SECONDS: '0' })
    const [, url] = /at (http:\S+)/.exec(await read(child.stdout, /docs\)/)) ?? []
    const stream = await fetch(
      `${url}/v1/models/a-vae-z2/interpolate?from=seed:1&to=seed:2&steps=64&format=sse`,
    )
    child.kill('SIGTERM')
    expect(await stream.text()).toMatch(/event: end\ndata: \{\}\nid: end\n\n$/)
    expect(await once(child, 'exit')).toEqual([0, null])
  })
  test('npm run start:node reports wrong options in one line and ends with 1', async () => {
    const taken = createServer().listen(0, '127.0.0.1')
    await once(taken, 'listening')
    const { port } = taken.address() as { port: number }
    for (const [args, message] of [
      [['--models', '/nowhere'], /no folder \/nowhere/],
      [['--models', zoo, '--port', 'x'], /expected a whole number/],
      [['--models', zoo, '--trust-proxy', 'maybe'], /expected true or false/],
      [['--models', zoo, '--public-url', 'example.org'], /expected a scheme and host/],
      [['--models', zoo, '--port', `${port}`], /is taken by another program/],
    ] as const) {
      const child = run([...args])
      const [text, [code]] = await Promise.all([read(child.stderr, /never/), once(child, 'exit')])
      expect(text).toMatch(message)
      expect(text).not.toContain('at ')
      expect(code).toBe(1)
    }
    taken.close()
  })
})

/** A GET over a keep-alive agent: the status and whether the server closes the connection. */
function getOnce(agent: Agent, url: string): Promise<{ status?: number; connection?: string }> {
  return new Promise((resolve, reject) => {
    get(url, { agent }, response => {
      response.resume()
      response.on('error', reject)
      response.on('end', () =>
        resolve({ status: response.statusCode, connection: response.headers.connection }),
      )
    }).on('error', reject)
  })
}

/** The text of a stream up to a match, or all of it. */
async function read(stream: NodeJS.ReadableStream, until: RegExp): Promise<string> {
  let text = ''
  for await (const chunk of stream) if (until.test((text += chunk))) return text
  return text
}
