import { cp, readdir, readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { describe, expect, test } from 'vitest'
import { startWorkerd } from '../../edge/node/workerd.ts'
import type { TestFolders } from './servers.ts'

/** Makes the first instantiation of WebAssembly fail, as it would without memory. */
const FAIL_FIRST = `
const { Instance } = WebAssembly
let instances = 0
WebAssembly.Instance = class extends Instance {
  constructor(...parts) {
    if (instances++ === 0) throw new Error('no memory')
    super(...parts)
  }
}
`

/** When ONNX Runtime starts in workerd: at global scope or in the first request. */
export function coldStartSuite(folders: () => TestFolders): void {
  /** Answers of a fresh isolate: the first image, then readyz. */
  async function firstAnswers(worker: string) {
    const log: string[] = []
    const { assets } = folders()
    const server = await startWorkerd({
      host: '127.0.0.1',
      port: 0,
      worker,
      assets,
      limit: 0,
      log: line => log.push(line),
    })
    try {
      const image = await fetch(`${server.url}/v1/models/default/sample?seed=1&format=f32`)
      const bytes = Buffer.from(await image.arrayBuffer())
      const ready = await (await fetch(`${server.url}/readyz`)).json()
      return { status: image.status, bytes, ready, log }
    } finally {
      await server.stop()
    }
  }
  /** Starts a copy of the bundle with one of its files changed. */
  async function changed(name: string, ending: string, change: (bytes: Buffer) => string | Buffer) {
    const folder = path.join(folders().root, name)
    await cp(folders().worker, folder, { recursive: true })
    const file = (await readdir(folder)).find(each => each.endsWith(ending))!
    await writeFile(path.join(folder, file), change(await readFile(path.join(folder, file))))
    return folder
  }

  describe('cold start in workerd', () => {
    test('ONNX Runtime starts before the first request', async () => {
      const { status, ready } = await firstAnswers(folders().worker)
      expect(status).toBe(200)
      expect(ready).toMatchObject({ status: 'ready', runtimeStart: 'global scope' })
      expect(JSON.stringify(ready)).not.toContain('start of the runtime')
    })
    test('if ONNX Runtime cannot start at global scope, readyz says so and the first request starts it', async () => {
      const usual = await firstAnswers(folders().worker)
      const worker = await changed('late', 'script.js', script => FAIL_FIRST + script)
      const { status, bytes, ready, log } = await firstAnswers(worker)
      expect(status).toBe(200)
      expect(bytes).toEqual(usual.bytes)
      expect(ready).toMatchObject({
        status: 'ready',
        runtimeStart: 'request',
        incidents: expect.arrayContaining([{ name: 'start of the runtime', reason: 'no memory' }]),
      })
      expect(log.join()).toContain('start of the runtime: no memory')
    })
    test('neither the first image nor the first other model compiles again what the start has compiled', async () => {
      const { MINIFLARE_WORKERD_V8_FLAGS: flags } = process.env
      const lines: string[] = []
      const compiled = () => lines.filter(line => line.includes('using Liftoff')).length
      const { worker, assets } = folders()
      const options = { host: '127.0.0.1', port: 0, worker, assets, limit: 0 }
      process.env.MINIFLARE_WORKERD_V8_FLAGS = `${flags} --trace-wasm-compilation-times`
      const server = await startWorkerd({ ...options, log: line => lines.push(...line.split('\n')) }).finally(
        () => (process.env.MINIFLARE_WORKERD_V8_FLAGS = flags),
      )
      try {
        const ask = async (path: string) => {
          const answer = await fetch(server.url + path)
          expect(answer.status).toBe(200)
          await answer.arrayBuffer()
          return compiled()
        }
        const started = await ask('/healthz')
        const first = await ask('/v1/models/default/sample?seed=1&format=f32')
        const other = await ask('/v1/models/small-ae-z8/sample?seed=1&format=f32')
        // V8 writes the lines in blocks of some 40. To start and to open a session runs some 3,000 functions.
        expect(started).toBeGreaterThan(2000)
        expect(first - started).toBeLessThan(400)
        expect(other - first).toBeLessThan(400)
      } finally {
        await server.stop()
      }
    })
    test('if the snapshot of ONNX Runtime is damaged, readyz says so and the first request starts it', async () => {
      const usual = await firstAnswers(folders().worker)
      const worker = await changed('cut', 'runtime.bin', snapshot => snapshot.subarray(0, 10_000))
      const { status, bytes, ready } = await firstAnswers(worker)
      expect(status).toBe(200)
      expect(bytes).toEqual(usual.bytes)
      expect(ready).toMatchObject({ status: 'ready', runtimeStart: 'request' })
      expect(JSON.stringify(ready)).toContain('start of the runtime')
    })
    test('a bundled decoder that is damaged is reported, and the one among the assets answers', async () => {
      const worker = await changed('damaged', 'decoder.bin', decoder => decoder.subarray(0, 100))
      const { status, ready } = await firstAnswers(worker)
      expect(status).toBe(200)
      expect(ready).toMatchObject({
        status: 'ready',
        incidents: expect.arrayContaining([
          { name: 'start of the runtime', reason: expect.stringContaining('the graph cannot be loaded') },
        ]),
      })
    })
  })
}
