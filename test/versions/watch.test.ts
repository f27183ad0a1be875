import { mkdir } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startServer } from '../../edge/node/server.ts'
import { readChannel } from '../../export/registry/channels.ts'
import { promoteVersion } from '../../export/registry/promote.ts'
import { pushModel } from '../../export/registry/push.ts'
import { openFolder } from '../../export/registry/stores/folder.ts'
import { type WatchOptions, watchCanaries } from '../../export/registry/watch.ts'
import { trialKey } from '../../models/registry/keys.ts'
import { OPTIONS } from '../edge/node/node-fixture.ts'
import { type DeploymentFolders, makeFolders } from './deployments.ts'
import { ID, type Made, makeVersion } from './fixtures.ts'

let folders: DeploymentFolders
let server: Awaited<ReturnType<typeof startServer>>
let stable: Made
let next: Made
const bucketFolder = () => path.join(folders.root, 'bucket')
const by = 'test'

beforeAll(async () => {
  folders = await makeFolders()
  await mkdir(bucketFolder())
  stable = await makeVersion(path.join(folders.root, 'stable'), 1)
  next = await makeVersion(path.join(folders.root, 'next'), 2)
  const bucket = openFolder(bucketFolder())
  for (const made of [stable, next]) await pushModel(bucket, made)
  server = await startServer({
    ...OPTIONS,
    channelSeconds: 0.1,
    models: folders.zoo,
    bucket: bucketFolder(),
  })
})
afterAll(async () => {
  await server?.stop()
  await folders?.remove()
})

/** The server, with the canary's answers changed by `spoil`. */
async function spoiled(
  spoil: (url: string) => { delay?: number; fail?: boolean } | undefined,
): Promise<Server & { url: string }> {
  const proxy = createServer(async (request, response) => {
    const chunks = await request.toArray()
    const change = request.url!.includes(next.card.version) ? spoil(request.url!) : undefined
    const answer = await fetch(server.url + request.url, {
      method: request.method,
      headers: { 'content-type': request.headers['content-type'] ?? 'application/json' },
      ...(chunks.length > 0 && { body: Buffer.concat(chunks) }),
    })
    const bytes = Buffer.from(await answer.arrayBuffer())
    await new Promise(resolve => setTimeout(resolve, 4 + (change?.delay ?? 0)))
    response.writeHead(change?.fail ? 500 : answer.status, { 'content-type': 'application/json' }).end(bytes)
  })
  await new Promise<void>(listening => proxy.listen(0, '127.0.0.1', listening))
  return Object.assign(proxy, { url: `http://127.0.0.1:${(proxy.address() as AddressInfo).port}` })
}

async function startCanary() {
  const bucket = openFolder(bucketFolder())
  const { channel } = await readChannel(bucket, ID)
  if (channel?.stable !== stable.card.version || channel.canary) {
    await promoteVersion(bucket, { id: ID, version: stable.card.version, by, force: true })
  }
  await promoteVersion(bucket, { id: ID, version: next.card.version, share: 10, auto: true, force: true, by })
  return bucket
}

const options = (url: string, more: Partial<WatchOptions> = {}): WatchOptions => ({
  server: url,
  rate: 1e6,
  mostPairs: 3000,
  by: 'watch',
  signal: new AbortController().signal,
  say: () => {},
  ...more,
})

const last = async () => (await readChannel(openFolder(bucketFolder()), ID)).channel!

describe('a watcher of a Node server', () => {
  test('the watcher promotes a canary as good as the stable version, with its figures in the history', async () => {
    const bucket = await startCanary()
    expect(await watchCanaries(bucket, options(server.url))).toBe(1)
    const channel = await last()
    expect(channel).toMatchObject({ stable: next.card.version, canary: null })
    expect(channel.history.at(-1)).toMatchObject({
      action: 'promote',
      by: 'watch',
      reason: expect.stringMatching(
        /^as good as the stable version: latency [+−]\d+\.\d\d%; errors \+0\.00 points \(\d+ pairs/,
      ),
    })
    expect(await bucket.get(trialKey(ID))).toBeUndefined()
    // No canary is left to watch.
    expect(await watchCanaries(bucket, options(server.url))).toBe(0)
  })
  test('the watcher rolls back a canary that fails now and then, and a slow one', async () => {
    let requests = 0
    for (const [spoil, reason] of [
      [() => ({ fail: ++requests % 20 === 0 }), /^errors is worse: .*errors \+\d\.\d\d points/],
      [() => ({ delay: 6 }), /^latency is worse: latency \+\d+\.\d\d%/],
    ] as const) {
      const bucket = await startCanary()
      const proxy = await spoiled(spoil)
      expect(await watchCanaries(bucket, options(proxy.url))).toBe(1)
      proxy.close()
      const channel = await last()
      expect(channel).toMatchObject({ stable: stable.card.version, canary: null })
      expect(channel.history.at(-1)).toMatchObject({
        action: 'rollback',
        reason: expect.stringMatching(reason),
      })
    }
  })
  test('the watcher compares quality on test images, pair by pair', async () => {
    const bucket = await startCanary()
    // The models have random weights; on images of noise one of them is worse.
    const pixels = Uint8Array.from({ length: 50 * 784 }, (_, i) => (i * 7919) % 256)
    const testImages = async () => ({ pixels, count: 50 })
    await watchCanaries(bucket, options(server.url, { testImages, mostPairs: 1500 }))
    const { history } = await last()
    expect(history.at(-1)!.reason).toMatch(/quality [+−]\d+\.\d\d%/)
  })
  test('a watcher that is stopped keeps its trial and resumes it; a changed channel ends the trial', async () => {
    const bucket = await startCanary()
    const stop = new AbortController()
    const said: string[] = []
    const say = (line: string) => void said.push(line)
    const watching = watchCanaries(bucket, options(server.url, { rate: 100, signal: stop.signal, say }))
    await expect.poll(async () => (await bucket.get(trialKey(ID))) !== undefined).toBe(true)
    stop.abort()
    expect(await watching).toBe(0)
    await watchCanaries(bucket, options(server.url, { mostPairs: 60, say }))
    expect(said[1]).toMatch(/, from pair \d+$/)
    expect((await last()).history.at(-1)).toMatchObject({
      action: 'undecided',
      reason: expect.stringMatching(/\(60 pairs/),
    })
    expect((await last()).canary).toEqual({ version: next.card.version, share: 10 })
  })
})
