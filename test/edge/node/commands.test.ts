import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { describe, expect, test } from 'vitest'
import { ROOT } from '../../../edge/node/build.ts'
import { expectGzip, makeModels } from './node-fixture.ts'

const models = makeModels()

describe('npm start', () => {
  const start = (args: string[], env = {}) =>
    spawn(process.execPath, [path.join(ROOT, 'edge/node/start-cli.ts'), ...args], {
      env: { ...process.env, ...env },
    })

  test('npm start serves page, API and models from workerd in spite of a corrupt card, and SIGTERM lets running answers finish', async () => {
    const out = await mkdtemp(path.join(tmpdir(), 'latent-edge-start-'))
    const folder = path.join(out, 'models')
    await cp(models(), folder, { recursive: true })
    await mkdir(path.join(folder, 'corrupt'))
    await writeFile(path.join(folder, 'corrupt/card.json'), '{')
    const child = start(['--models', folder, '--out', out], { PORT: '0' })
    try {
      const text = await read(child.stdout, /Ctrl-C/)
      const url = /Page\s+(http:\S+)\//.exec(text)?.[1].replace('localhost', '127.0.0.1')
      expect(text).toMatch(/\/v1\/models\/default\/sample\?n=16&seed=7&scale=4 +\(a-vae-z2\)/)
      const page = await fetch(`${url}/`)
      expect([page.status, page.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8'])
      expect(page.headers.get('access-control-allow-origin')).toBe('*')
      const script = /src="\.(\/assets\/.+?\.js)"/.exec(await page.text())?.[1]
      for (const path of ['/', script, '/docs', '/openapi.json']) await expectGzip(`${url}${path}`)
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
    const child = run(['--models', models()], { PORT: '0', DRAIN_SECONDS: '0' })
    const [, url] = /at (http:\S+)/.exec(await read(child.stdout, /docs\)/)) ?? []
    const stream = await fetch(
      `${url}/v1/models/a-vae-z2/interpolate?from=seed:1&to=seed:2&steps=64&format=sse`,
    )
    child.kill('SIGTERM')
    expect(await stream.text()).toMatch(/event: end\ndata: \{\}\nid: end\n\n$/)
    expect(await once(child, 'exit')).toEqual([0, null])
  })
  test('npm run start:node ends when npm is told to end', async () => {
    // A process group of its own, so that nothing is left of it if the test fails.
    const npm = spawn('npm', ['run', 'start:node', '--', '--models', models()], {
      cwd: ROOT,
      env: { ...process.env, PORT: '0', DRAIN_SECONDS: '0' },
      detached: true,
    })
    try {
      const [, url] = /at (http:\S+)/.exec(await read(npm.stdout, /docs\)/)) ?? []
      expect((await fetch(`${url}/healthz`)).status).toBe(200)
      npm.kill('SIGTERM')
      await expect.poll(() => fetch(`${url}/healthz`).catch(() => 'ended')).toBe('ended')
    } finally {
      endGroup(npm)
    }
  })
  test('npm run start:node reports wrong options in one line and ends with 1', async () => {
    const taken = createServer().listen(0, '127.0.0.1')
    await once(taken, 'listening')
    const { port } = taken.address() as { port: number }
    for (const [args, message] of [
      [['--models', '/nowhere'], /no folder \/nowhere/],
      [['--models', models(), '--port', 'x'], /Expected an integer from 0 to 65535/],
      [['--models', models(), '--trust-proxy', 'maybe'], /Expected true or false/],
      [['--models', models(), '--public-url', 'example.org'], /Expected a scheme and host/],
      [
        ['--models', models(), '--port', `${port}`],
        /port \d+ is taken by another program; choose one with --port or PORT/,
      ],
      [
        ['--models', models(), '--port', '0', '--metrics-port', `${port}`],
        /port [1-9]\d* is taken by another program; choose one with --metrics-port or METRICS_PORT/,
      ],
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

test('npm run dev ends with what it has started where its port is taken', async () => {
  const taken = createServer().listen(0, '127.0.0.1')
  await once(taken, 'listening')
  const { port } = taken.address() as { port: number }
  const child = spawn(process.execPath, [path.join(ROOT, 'edge/node/dev-cli.ts'), '--port', `${port}`])
  // The stream ends when every process that writes to it has ended.
  const [text, [code]] = await Promise.all([read(child.stderr, /never/), once(child, 'exit')])
  expect(text).toContain(`error: Port ${port} is already in use`)
  expect(code).toBe(1)
  taken.close()
})

/** Kills what is left of a child's process group. */
function endGroup({ pid }: ChildProcess): void {
  try {
    process.kill(-(pid as number), 'SIGKILL')
  } catch {
    // All of it has ended.
  }
}

/** The text of a stream up to a match, or all of it. */
async function read(stream: NodeJS.ReadableStream, until: RegExp): Promise<string> {
  let text = ''
  for await (const chunk of stream) if (until.test((text += chunk))) return text
  return text
}
