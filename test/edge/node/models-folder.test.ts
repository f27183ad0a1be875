import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { describe, expect, test } from 'vitest'
import { folderStore } from '../../../edge/node/folder-store.ts'
import { startServer } from '../../../edge/node/server.ts'
import { writeModel } from '../fixture-model.ts'
import { problemOf } from '../read-answers.ts'
import { expectGzip, makeModels, OPTIONS } from './node-fixture.ts'

const models = makeModels()

describe('a folder of models', () => {
  test('a folder of models is read again while the server runs', async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'latent-edge-live-'))
    const server = await startServer({ ...OPTIONS, models: folder })
    const version = async () => {
      const response = await fetch(`${server.url}/v1/models/live/sample?seed=1`)
      return response.ok ? response.headers.get('x-model') : (await problemOf(response)).code
    }
    const untilVersion = (expected: string) => expect.poll(version, { interval: 100 }).toBe(expected)
    try {
      expect(await version()).toBe('unknown-model')
      const fixture = { id: 'live', kind: 'vae', latentDim: 2, height: 8, width: 8 } as const
      const first = await writeModel(folder, fixture)
      await untilVersion(`live@${first.version}`)
      const second = await writeModel(folder, { ...fixture, seed: 5 })
      await untilVersion(`live@${second.version}`)
      await rm(path.join(folder, 'live'), { recursive: true })
      await untilVersion('unknown-model')
    } finally {
      await server.stop()
      await rm(folder, { recursive: true, force: true })
    }
  })
  test('a missing model file causes 503 until it is restored', async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'latent-edge-gone-'))
    await cp(models(), folder, { recursive: true })
    const file = path.join(folder, 'a-vae-z2/decoder.onnx')
    const bytes = await readFile(file)
    await rm(file)
    const server = await startServer({ ...OPTIONS, models: folder })
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
    await cp(models(), folder, { recursive: true })
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

test('static files have an ETag and Last-Modified, and answer 304 to both', async () => {
  const page = await mkdtemp(path.join(tmpdir(), 'latent-edge-page-'))
  await writeFile(path.join(page, 'app.js'), `export {}\n// ${'words '.repeat(1000)}`)
  const server = await startServer({ ...OPTIONS, models: models(), page })
  try {
    const url = `${server.url}/app.js`
    for (const path of ['/app.js', '/docs', '/openapi.json']) await expectGzip(`${server.url}${path}`)
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
