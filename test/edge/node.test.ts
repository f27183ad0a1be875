import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ROOT } from '../../edge/node/build.ts'
import { folderStore } from '../../edge/node/folder-store.ts'
import { rateLimiter } from '../../edge/node/rate-limiter.ts'
import { startServer } from '../../edge/node/server.ts'
import { writeModel } from './fixture-model.ts'
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
  test('counts each client in windows of its own', () => {
    let now = 0
    const limit = rateLimiter(2, 60, () => now)
    expect([1, 2, 3].map(() => limit('a').allowed)).toEqual([true, true, false])
    expect(limit('b')).toEqual({ allowed: true, limit: 2, window: 60, remaining: 1, reset: 60 })
    now = 59_500
    expect(limit('a')).toMatchObject({ allowed: false, remaining: 0, reset: 1 })
    now = 60_000
    expect(limit('a').allowed).toBe(true)
  })
  test('is told with every answer, and refuses with 429; kept answers are not counted', async () => {
    const server = await startServer({ ...options, models: zoo, rate: 2 })
    try {
      const ask = (query: string) => fetch(`${server.url}/v1/models/a-vae-z2/sample?${query}`)
      const first = await ask('seed=1')
      expect(first.headers.get('ratelimit-policy')).toBe('"client";q=2;w=60')
      expect(first.headers.get('ratelimit')).toBe('"client";r=1;t=60')
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
  test('behind a proxy the client is the last address it forwarded', async () => {
    const server = await startServer({ ...options, models: zoo, rate: 1, trustProxy: true })
    try {
      const ask = (from: string, seed: number) =>
        fetch(`${server.url}/v1/models/a-vae-z2/sample?seed=${seed}`, {
          headers: { 'x-forwarded-for': from },
        })
      expect((await ask('spoofed, 10.0.0.1', 1)).status).toBe(200)
      expect((await ask('other, 10.0.0.1', 2)).status).toBe(429)
      expect((await ask('10.0.0.2', 3)).status).toBe(200)
    } finally {
      await server.stop()
    }
  })
})

describe('a folder of models', () => {
  test('is followed while the server runs', async () => {
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
  test('a vanished file answers 503 until it is back', async () => {
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
  test('is listed by id, whatever else lies in it', async () => {
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

test('/metrics counts by route and status in Prometheus’ format', async () => {
  const server = await startServer({ ...options, models: zoo })
  try {
    for (const seed of [1, 2]) await fetch(`${server.url}/v1/models/a-vae-z2/sample?seed=${seed}`)
    await fetch(`${server.url}/v1/models/%22%0Aevil/sample`)
    const text = await (await fetch(`${server.url}/metrics`)).text()
    expect(text).toContain('http_requests_total{route="/v1/models/{model}/sample",status="200"} 2')
    expect(text).toContain('http_requests_total{route="/v1/models/{model}/sample",status="404"} 1')
    expect(text).toContain('http_request_duration_seconds_count{route="/v1/models/{model}/sample"} 3')
    for (const line of text.trimEnd().split('\n')) {
      expect(line).toMatch(/^(# (HELP|TYPE) \w+ .+|\w+(\{\w+="[^"\n]*"(,\w+="[^"\n]*")*\})? [\d.e+-]+)$/)
    }
  } finally {
    await server.stop()
  }
})

describe('npm start', () => {
  const start = (args: string[], env = {}) =>
    spawn(process.execPath, [path.join(ROOT, 'edge/node/start-cli.ts'), ...args], {
      env: { ...process.env, ...env },
    })

  test('serves page, API and models from workerd, and leaves nothing behind', async () => {
    const out = await mkdtemp(path.join(tmpdir(), 'latent-edge-start-'))
    const child = start(['--models', zoo, '--out', out], { PORT: '0' })
    try {
      const text = await read(child.stdout, /Ctrl-C/)
      const url = /Page\s+(http:\S+)\//.exec(text)?.[1].replace('localhost', '127.0.0.1')
      expect(text).toContain('/v1/models/a-vae-z2/sample?n=16&seed=7')
      const page = await fetch(`${url}/`)
      expect([page.status, page.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8'])
      expect(page.headers.get('access-control-allow-origin')).toBe('*')
      expect((await fetch(`${url}/v1/models/a-vae-z2/sample?n=16&seed=7`)).status).toBe(200)
      child.kill('SIGINT')
      // Miniflare ends the process by its own handler, with the code a shell gives an interrupt, where it comes first.
      expect([0, 130]).toContain((await once(child, 'exit'))[0])
      await expect(fetch(`${url}/healthz`)).rejects.toThrow()
    } finally {
      child.kill('SIGKILL')
      await rm(out, { recursive: true, force: true })
    }
  })
  test('says that the port is taken, before it builds', async () => {
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
  test('serves, says where, lets running answers finish, and ends', async () => {
    const child = run(['--models', zoo], { PORT: '0' })
    const [, url] = /at (http:\S+)/.exec(await read(child.stdout, /docs\)/)) ?? []
    const stream = await fetch(
      `${url}/v1/models/a-vae-z2/interpolate?from=seed:1&to=seed:2&steps=64&format=sse`,
    )
    child.kill('SIGTERM')
    expect(await stream.text()).toMatch(/event: end\ndata: \{\}\n\n$/)
    expect(await once(child, 'exit')).toEqual([0, null])
  })
  test('says what is wrong', async () => {
    const taken = createServer().listen(0, '127.0.0.1')
    await once(taken, 'listening')
    const { port } = taken.address() as { port: number }
    for (const [args, message] of [
      [['--models', '/nowhere'], /no folder \/nowhere/],
      [['--models', zoo, '--port', 'x'], /expected a whole number/],
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

/** What a stream says up to some words, or all of it. */
async function read(stream: NodeJS.ReadableStream, until: RegExp): Promise<string> {
  let text = ''
  for await (const chunk of stream) if (until.test((text += chunk))) return text
  return text
}
