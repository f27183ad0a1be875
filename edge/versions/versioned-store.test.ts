import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { type Channel, formatChannel, promote, startCanary } from '../../models/registry/channel.ts'
import { channelKey, fileKey, MODEL_FILES } from '../../models/registry/keys.ts'
import type { ModelVersion } from '../../models/registry/version.ts'
import { ID, type Made, makeVersion } from '../../test/versions/fixtures.ts'
import { folderStore } from '../node/folder-store.ts'
import type { ReadableBucket } from './readable-bucket.ts'
import { versionedStore } from './versioned-store.ts'

const record = { at: '2026-01-01T00:00:00.000Z', by: 'test' }
const text = (value: string) => new TextEncoder().encode(value)
const [BUNDLED, A, B, C] = [0, 1, 2, 3]

let root: string
const made: Made[] = []
beforeAll(async () => {
  root = await mkdtemp(path.join(tmpdir(), 'latent-edge-store-'))
  for (const seed of [1, 2, 3, 4]) made.push(await makeVersion(path.join(root, `v${seed}`), seed))
})
afterAll(() => rm(root, { recursive: true, force: true }))
const version = (which: number) => made[which].card.version

let objects: Map<string, Uint8Array<ArrayBuffer>>
let state: 'up' | 'down' | 'hangs'
let now: number
let log: string[]
let reads: number
beforeEach(() => {
  objects = new Map()
  state = 'up'
  now = 1e6
  log = []
  reads = 0
  for (const which of [A, B, C]) put(which)
})

function put(which: number): void {
  const { card, files } = made[which]
  for (const file of MODEL_FILES) objects.set(fileKey(ID, card.version, file), Uint8Array.from(files[file]))
  objects.set(fileKey(ID, card.version, 'card.json'), text(JSON.stringify(card)))
}
function damage(which: number): void {
  objects.get(fileKey(ID, version(which), 'encoder.onnx'))![50] ^= 4
}
/** Makes versions stable one after the other. */
function channel(...versions: number[]): Channel {
  let made: Channel | undefined
  for (const which of versions) made = promote(made, ID, version(which), record)
  objects.set(channelKey(ID), text(formatChannel(made!)))
  return made!
}

async function available(): Promise<void> {
  reads++
  if (state === 'down') throw new Error('the bucket is down')
  if (state === 'hangs') await new Promise(() => {})
}
const bucket: ReadableBucket = {
  async get(key) {
    await available()
    const bytes = objects.get(key)
    return bytes && { bytes: Uint8Array.from(bytes), etag: Buffer.from(bytes).toString('base64') }
  },
  async list(prefix) {
    await available()
    return [...objects].flatMap(([key, bytes]) =>
      key.startsWith(prefix) ? [{ key, etag: Buffer.from(bytes).toString('base64') }] : [],
    )
  },
}

function open(selfTest: (version: ModelVersion) => Promise<void> = async () => {}) {
  const work: Promise<unknown>[] = []
  const store = versionedStore({
    bundled: folderStore(path.join(root, 'v1')),
    bucket,
    interval: 20_000,
    fileBytes: 2 ** 20,
    selfTest,
    keepAlive: promise => void work.push(promise),
    log: message => log.push(message),
    now: () => now,
    timeouts: { first: 300, overdue: 100 },
  })
  const settled = async () => {
    await Promise.all(work.splice(0))
  }
  /** What answers, as a request that needs the model finds it. */
  const answering = async () => {
    await store.list()
    await store.prepare?.(ID)
    const entry = (await store.list()).find(({ id }) => id === ID)
    return [entry?.card?.version, entry?.canary?.card.version]
  }
  return { store, settled, answering }
}

test('bundled models answer where the bucket is down, hangs or is empty', async () => {
  for (const each of ['up', 'down', 'hangs'] as const) {
    state = each
    expect(await open().answering()).toEqual([version(BUNDLED), undefined])
  }
  expect(log).toContain('bucket: the bucket is down')
})
test('a changed channel is read in the background: the request that starts the read is answered as before', async () => {
  channel(A)
  const { store, settled, answering } = open()
  expect(await answering()).toEqual([version(A), undefined])
  channel(A, B)
  now += 19_000
  expect(store.isFresh()).toBe(true)
  now += 2000
  expect(store.isFresh()).toBe(false)
  const before = await store.list()
  expect(before.find(({ id }) => id === ID)?.card?.version).toBe(version(A))
  await settled()
  // What is in memory belongs to the old list, until that is asked for again.
  expect(store.isFresh()).toBe(false)
  expect(await answering()).toEqual([version(B), undefined])
  expect(store.isFresh()).toBe(true)
  expect(log).toEqual([`${ID}: now ${version(B)}, before ${version(A)}`])
})
test('the first request after a long pause waits for the channels', async () => {
  channel(A)
  const { answering } = open()
  await answering()
  channel(A, B)
  now += 3600_000
  expect(await answering()).toEqual([version(B), undefined])
})
test('unchanged versions are not read again', async () => {
  channel(A)
  const { store, settled, answering } = open()
  await answering()
  const first = await store.list()
  const before = reads
  for (let i = 0; i < 5; i++) {
    now += 21_000
    await store.list()
    await settled()
  }
  expect(reads - before).toBe(5)
  expect(await store.list()).toBe(first)
})
test('versions that answer keep answering from memory while the bucket is down', async () => {
  channel(A, B)
  const { store, settled, answering } = open()
  await answering()
  state = 'down'
  for (let i = 0; i < 3; i++) {
    now += 21_000
    expect(await answering()).toEqual([version(B), undefined])
    await settled()
  }
  for (const file of MODEL_FILES)
    expect(await store.read(ID, file, version(B))).toEqual(Uint8Array.from(made[B].files[file]))
  expect(store.incidents?.()).toEqual([{ name: 'bucket', reason: 'the bucket is down' }])
  state = 'up'
  now += 21_000
  await answering()
  await settled()
  expect(store.incidents?.()).toEqual([])
  expect(log).toEqual(['bucket: the bucket is down', 'bucket: resolved'])
})
test('a bucket that hangs delays one request an interval, up to the timeout', async () => {
  channel(A)
  const { answering } = open()
  await answering()
  state = 'hangs'
  now += 50_000
  expect(await answering()).toEqual([version(A), undefined])
  expect(await answering()).toEqual([version(A), undefined])
})
test('the version before a damaged one answers, in a running and in a new server', async () => {
  channel(A, B)
  const running = open()
  await running.answering()
  damage(C)
  channel(A, B, C)
  now += 21_000
  await running.answering()
  await running.settled()
  expect(await running.answering()).toEqual([version(B), undefined])
  const starting = open()
  expect(await starting.answering()).toEqual([version(B), undefined])
  const reason = expect.stringMatching(
    /^encoder\.onnx: expected SHA-256 [0-9a-f]{64}, as the card says, got /,
  )
  const told = [{ name: `${ID}@${version(C)}`, reason }]
  for (const { store } of [running, starting]) {
    expect(store.incidents?.()).toEqual(told)
    await expect(store.cardOf?.(ID, version(C))).rejects.toThrow('encoder.onnx: expected SHA-256')
  }
  put(C)
  now += 21_000
  for (const { answering, settled, store } of [running, starting]) {
    await answering()
    await settled()
    expect(await answering()).toEqual([version(C), undefined])
    expect(store.incidents?.()).toEqual([])
  }
})
test('a version whose card was changed together with its files is refused', async () => {
  const other = made[C]
  const card = { ...other.card, id: ID, version: version(B) }
  objects.set(fileKey(ID, version(B), 'card.json'), text(JSON.stringify(card)))
  for (const file of MODEL_FILES)
    objects.set(fileKey(ID, version(B), file), Uint8Array.from(other.files[file]))
  channel(A, B)
  const { store, answering } = open()
  expect(await answering()).toEqual([version(A), undefined])
  expect(store.incidents?.()[0].reason).toMatch(
    new RegExp(`^version: expected ${version(C)}, as encoder and decoder make it, got `),
  )
})
test('the bundled model answers where every stable version is damaged', async () => {
  channel(A, B)
  damage(A)
  damage(B)
  expect(await open().answering()).toEqual([version(BUNDLED), undefined])
})
test('a canary that is damaged or fails its self-test is left out', async () => {
  const canary = startCanary(channel(A), { version: version(B), share: 10 }, record)
  objects.set(channelKey(ID), text(formatChannel(canary)))
  const well = open()
  expect(await well.answering()).toEqual([version(A), version(B)])
  const broken = open(async ({ card }) => {
    if (card.version === version(B)) throw new Error('xhat: expected finite numbers')
  })
  expect(await broken.answering()).toEqual([version(A), undefined])
  expect(broken.store.incidents?.()[0].reason).toBe('xhat: expected finite numbers')
  damage(B)
  expect(await open().answering()).toEqual([version(A), undefined])
})
test('an unreadable channel leaves its last valid content; a deleted one leaves the bundled model', async () => {
  channel(A)
  const { store, settled, answering } = open()
  await answering()
  objects.set(channelKey(ID), text('{"half": '))
  now += 21_000
  await answering()
  await settled()
  expect(await answering()).toEqual([version(A), undefined])
  expect(store.incidents?.()).toEqual([{ name: `channel of ${ID}`, reason: 'not a channel: expected JSON' }])
  objects.delete(channelKey(ID))
  now += 21_000
  await answering()
  await settled()
  expect(await answering()).toEqual([version(BUNDLED), undefined])
})
