import { Agent, get } from 'node:http'
import { createConnection } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { startServer } from '../../../edge/node/server.ts'
import { sendRaw, statusOf } from '../raw-http.ts'
import { problemOf } from '../read-answers.ts'
import { makeModels, OPTIONS } from './node-fixture.ts'

const models = makeModels()

test('metrics have a port of their own and count by route, status, model, version and cache in Prometheus’ format', async () => {
  const server = await startServer({ ...OPTIONS, models: models(), metricsPort: 0 })
  try {
    let answered: string | null | undefined
    for (const seed of [1, 2, 2]) {
      const response = await fetch(`${server.url}/v1/models/a-vae-z2/sample?seed=${seed}`)
      answered = response.headers.get('x-model')
    }
    const model = `model="a-vae-z2",version="${answered?.split('@')[1]}"`
    await fetch(`${server.url}/v1/models/%22%0Aevil/sample`)
    expect((await fetch(`${server.url}/metrics`)).status).toBe(404)
    const text = await (await fetch(server.metricsUrl ?? '')).text()
    const route = 'route="/v1/models/{model}/sample"'
    expect(text).toContain(`http_requests_total{${route},status="200",${model},cache="none"} 2`)
    expect(text).toContain(`http_requests_total{${route},status="200",${model},cache="memory"} 1`)
    expect(text).toContain(`http_requests_total{${route},status="404",model="",version="",cache="none"} 1`)
    expect(text).toContain(`http_request_duration_seconds_count{${route},${model}} 3`)
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
  const server = await startServer({ ...OPTIONS, models: models(), writeAccessLog: lines => (text += lines) })
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
  const server = await startServer({
    ...OPTIONS,
    models: models(),
    metricsPort: 0,
    log: line => log.push(line),
  })
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
  const server = await startServer({ ...OPTIONS, models: models(), metricsPort: 0 })
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
    await expect.poll(async () => (await count(200)) + (await count(499))).toBe(100)
    expect(await count(499)).toBeGreaterThan(50)
  } finally {
    await server.stop()
  }
})

test('a request without Host is accepted in HTTP/1.0 and refused in HTTP/1.1', async () => {
  const server = await startServer({ ...OPTIONS, models: models() })
  try {
    expect(statusOf(await sendRaw(server.url, 'GET /healthz HTTP/1.0\r\n\r\n'))).toBe(200)
    expect(statusOf(await sendRaw(server.url, 'GET /healthz HTTP/1.1\r\n\r\n'))).toBe(400)
  } finally {
    await server.stop()
  }
})

test('a draining server reports it in /readyz and closes connections; no request fails', async () => {
  const [first, second] = await Promise.all([0, 1].map(() => startServer({ ...OPTIONS, models: models() })))
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
  const server = await startServer({ ...OPTIONS, models: models() })
  const stream = await fetch(
    `${server.url}/v1/models/a-vae-z2/interpolate?from=seed:1&to=seed:2&steps=128&format=sse`,
  )
  expect(stream.headers.get('connection')).toBe('keep-alive')
  // Half an hour: the test would time out if the server waited for its clients.
  const stopped = server.stop(0, 1_800_000)
  expect(await stream.text()).toContain('event: end')
  await stopped
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
