import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm, utimes, writeFile } from 'node:fs/promises'
import { hostname, tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { exitCodeOf } from '../../export/command/run-program.ts'
import { listVersions } from '../../export/registry/list-versions.ts'
import { promoteVersion, rollBackModel } from '../../export/registry/promote.ts'
import { pruneVersions } from '../../export/registry/prune.ts'
import { pushModel } from '../../export/registry/push.ts'
import { signRequest } from '../../export/registry/stores/aws-signature.ts'
import type { Bucket } from '../../export/registry/stores/bucket.ts'
import { openFolder } from '../../export/registry/stores/folder.ts'
import { openLocal } from '../../export/registry/stores/local-r2.ts'
import { openRemote, readAccount } from '../../export/registry/stores/remote-r2.ts'
import { verifyBucket } from '../../export/registry/verify.ts'
import { fileKey } from '../../models/registry/keys.ts'
import { checkVersion } from '../../models/registry/version.ts'
import { type S3, startS3 } from './buckets.ts'
import { ID, makeVersion } from './fixtures.ts'

const text = (value: string) => new TextEncoder().encode(value)
const KINDS = ['folder', 'local R2', 'remote by S3'] as const
const by = 'test'

let root: string
let s3: S3
const buckets = {} as Record<(typeof KINDS)[number], Bucket>
beforeAll(async () => {
  root = await mkdtemp(path.join(tmpdir(), 'latent-edge-buckets-'))
  buckets.folder = openFolder(path.join(root, 'folder'))
  buckets['local R2'] = await openLocal(path.join(root, 'r2'))
  s3 = await startS3(path.join(root, 's3'))
  buckets['remote by S3'] = openRemote(s3.account)
})
afterAll(async () => {
  for (const bucket of Object.values(buckets)) await bucket.close()
  await s3?.stop()
  await rm(root, { recursive: true, force: true })
})

describe.each(KINDS)('%s', kind => {
  test('a bucket returns, lists and removes what was put into it', async () => {
    const bucket = buckets[kind]
    expect(await bucket.get('a/b/none')).toBeUndefined()
    expect(await bucket.put('a/b/one', text('1'))).toBe(true)
    expect(await bucket.put('a/b/two', new Uint8Array(300_000))).toBe(true)
    expect((await bucket.get('a/b/one'))?.bytes).toEqual(text('1'))
    expect((await bucket.list('a/b/')).map(({ key, size }) => [key, size])).toEqual([
      ['a/b/one', 1],
      ['a/b/two', 300_000],
    ])
    expect(Math.abs((await bucket.list('a/b/'))[0].uploaded.getTime() - Date.now())).toBeLessThan(60_000)
    await bucket.remove('a/b/one')
    await bucket.remove('a/b/one')
    expect((await bucket.list('a/b/')).map(({ key }) => key)).toEqual(['a/b/two'])
  })
  test('one of many concurrent writes on the same condition succeeds', async () => {
    const bucket = buckets[kind]
    const race = (names: string, condition: 'absent' | { etag: string }) =>
      Promise.all([...names].map(name => bucket.put('raced', text(name), condition)))
    const first = await race('abcdefgh', 'absent')
    expect(first.filter(Boolean).length).toBe(1)
    const { bytes, etag } = (await bucket.get('raced'))!
    expect(bytes).toEqual(text('abcdefgh'[first.indexOf(true)]))
    const second = await race('ijklmnop', { etag })
    expect(second.filter(Boolean).length).toBe(1)
    expect((await bucket.get('raced'))?.bytes).toEqual(text('ijklmnop'[second.indexOf(true)]))
    expect(await bucket.put('raced', text('z'), { etag })).toBe(false)
  })
  test('one of two concurrent promotions succeeds, and the other is told the reason', async () => {
    const bucket = buckets[kind]
    const [a, b, c] = await Promise.all([1, 2, 3].map(seed => makeVersion(path.join(root, `m${seed}`), seed)))
    for (const model of [a, b, c]) await pushModel(bucket, model)
    await promoteVersion(bucket, { id: ID, version: a.card.version, by })
    // Neither writes before both have read.
    let waiting: (() => void)[] = []
    const together: Bucket = {
      ...bucket,
      async put(...put) {
        await new Promise<void>(resolve => {
          waiting.push(resolve)
          if (waiting.length === 2) for (const go of waiting.splice(0)) go()
        })
        return bucket.put(...put)
      },
    }
    const outcomes = await Promise.allSettled(
      [b, c].map(({ card }) => promoteVersion(together, { id: ID, version: card.version, by: card.version })),
    )
    waiting = []
    const lost = outcomes.filter(each => each.status === 'rejected')
    expect(lost.length).toBe(1)
    expect(exitCodeOf(lost[0].reason)).toBe(4)
    const winner = [b, c][outcomes.findIndex(each => each.status === 'fulfilled')].card.version
    expect(lost[0].reason.message).toContain(`changed meanwhile (${winner} did promote at`)
    expect((await rollBackModel(bucket, ID, by)).stable).toBe(a.card.version)
  })
})

// R2 by S3 stands for both kinds of R2, because it is faster.
describe.each(['folder', 'remote by S3'] as const)('%s', kind => {
  test('verify finds every kind of damage', async () => {
    const bucket = buckets[kind]
    const verify = async () =>
      (await verifyBucket(bucket, undefined, () => {})).filter(({ faults }) => faults.length > 0)
    expect(await verify()).toEqual([])
    const [one, two, three] = await listVersions(bucket, ID)
    await bucket.put(fileKey(ID, one.version, 'encoder.onnx'), text('torn'))
    await bucket.remove(fileKey(ID, two.version, 'latents.safetensors'))
    await bucket.put(fileKey(ID, three.version, 'card.json'), text('{}'))
    const found = await verify()
    expect(found.map(({ name }) => name).sort()).toEqual(
      [one, two, three].map(({ version }) => `${ID}@${version}`).sort(),
    )
    for (const seed of [1, 2, 3])
      await pushModel(bucket, await makeVersion(path.join(root, `m${seed}`), seed))
    expect(await verify()).toEqual([])
  })
  test('prune keeps the newest versions, the live ones and those that rollback needs', async () => {
    const bucket = buckets[kind]
    const versions: string[] = []
    for (const seed of [11, 12, 13, 14]) {
      const model = await makeVersion(path.join(root, `p${seed}`), seed, { id: 'pruned-vae-z2' })
      versions.push(model.card.version)
      await pushModel(bucket, model)
      // The times of upload must differ, by a millisecond or, in a bucket that stores seconds, by a second.
      await new Promise(resolve => setTimeout(resolve, 20))
    }
    const id = 'pruned-vae-z2'
    await promoteVersion(bucket, { id, version: versions[1], by })
    await promoteVersion(bucket, { id, version: versions[0], by })
    await bucket.put(fileKey(id, 'aaaaaaaaaaaa', 'encoder.onnx'), text('a push that was cut off'))
    const left = async () => (await listVersions(bucket, id)).map(({ version }) => version).sort()
    const planned = await pruneVersions(bucket, { keep: 1, dry: true })
    expect(planned.filter(({ version }) => version.id === id).map(({ version }) => version.version)).toEqual([
      versions[2],
    ])
    expect((await left()).length).toBe(5)
    await pruneVersions(bucket, { keep: 1, dry: false })
    expect(await left()).toEqual([versions[0], versions[1], versions[3], 'aaaaaaaaaaaa'].sort())
    await pruneVersions(bucket, { keep: 1, dry: false, now: Date.now() + 25 * 3600 * 1000 })
    expect(await left()).toEqual([versions[0], versions[1], versions[3]].sort())
    for (const version of await left()) expect(await checkVersion(bucket, id, version)).toEqual([])
  })
})

test('two workerds on one R2 wait for each other, and one of two concurrent writes succeeds', async () => {
  const both = [buckets['local R2'], await openLocal(path.join(root, 'r2'))]
  try {
    await both[0].put('shared', text('begin'))
    for (let round = 0; round < 8; round++) {
      const seen = await Promise.all(both.map(bucket => bucket.get('shared')))
      expect(seen[0]).toEqual(seen[1])
      const { etag } = seen[0]!
      const won = await Promise.all(
        both.map((bucket, i) => bucket.put('shared', text(`${round} ${i}`), { etag })),
      )
      expect(won.filter(Boolean)).toHaveLength(1)
      expect((await both[0].get('shared'))?.bytes).toEqual(text(`${round} ${won.indexOf(true)}`))
    }
  } finally {
    await both[1].close()
  }
})

describe('a folder', () => {
  test('a lock left by a killed process is cleared; one of a living process is waited for', async () => {
    const bucket = openFolder(path.join(root, 'locked'))
    await bucket.put('channels/x.json', text('1'))
    const lock = path.join(root, 'locked/channels/.x.json.lock')
    const child = spawn('true')
    await once(child, 'exit')
    const holder = { pid: process.pid, host: hostname(), started: null, token: 'another' }
    await writeFile(lock, JSON.stringify({ ...holder, pid: child.pid }))
    expect(await bucket.put('channels/x.json', text('2'), 'absent')).toBe(false)
    await writeFile(lock, 'half a')
    await utimes(lock, new Date(0), new Date(0))
    expect(await bucket.put('channels/x.json', text('2'), 'absent')).toBe(false)
    // A living process on another machine: on this one a process is known by its start time too.
    await writeFile(lock, JSON.stringify({ ...holder, host: 'alive' }))
    const waiting = bucket.put('channels/x.json', text('3'), 'absent')
    await new Promise(resolve => setTimeout(resolve, 100))
    expect(await readFile(lock, 'utf8')).toContain('alive')
    await rm(lock)
    expect(await waiting).toBe(false)
  })
})

describe('remote', () => {
  test('signRequest gives the signature of Amazon’s example', () => {
    // "GET Bucket (List Objects)" of the Signature Version 4 examples in the S3 API reference.
    const signed = signRequest(
      {
        method: 'GET',
        url: new URL('https://examplebucket.s3.amazonaws.com/?max-keys=2&prefix=J'),
        headers: {},
      },
      { accessKeyId: 'AKIAIOSFODNN7EXAMPLE', secretAccessKey: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY' },
      new Date('2013-05-24T00:00:00Z'),
      'us-east-1',
    )
    expect(signed.authorization).toMatch(
      /Signature=34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7$/,
    )
  })
  test('a remote bucket names missing settings, wrong keys and an unreachable host', async () => {
    expect(() => readAccount({})).toThrow(
      'expected R2_ACCOUNT_ID (or R2_ENDPOINT), R2_ACCESS_KEY_ID, R2_SECRET_ACCESS_KEY',
    )
    await expect(openRemote({ ...s3.account, secretAccessKey: 'wrong' }).get('x')).rejects.toThrow(
      /status 403, .* Is R2_SECRET_ACCESS_KEY right/,
    )
    await expect(openRemote({ ...s3.account, endpoint: 'http://127.0.0.1:9819' }).get('x')).rejects.toThrow(
      /no answer \(connect ECONNREFUSED/,
    )
  })
})
