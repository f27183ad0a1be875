import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdir } from 'node:fs/promises'
import path from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { ROOT } from '../../edge/node/build.ts'
import { readChannel } from '../../export/registry/channels.ts'
import { listVersions } from '../../export/registry/list-versions.ts'
import { promoteVersion } from '../../export/registry/promote.ts'
import { pushModel } from '../../export/registry/push.ts'
import type { Bucket } from '../../export/registry/stores/bucket.ts'
import { openRemote } from '../../export/registry/stores/remote-r2.ts'
import { createRng } from '../../models/random.ts'
import { fileKey, MODEL_FILES } from '../../models/registry/keys.ts'
import type { ModelVersion } from '../../models/registry/version.ts'
import { checkVersion } from '../../models/registry/version.ts'
import { cutBucket, S3_PATH, startS3 } from './buckets.ts'
import { openCutProxy } from './cut-proxy.ts'
import {
  type Deployment,
  type DeploymentFolders,
  type DeploymentName,
  startDeployment,
} from './deployments.ts'
import { ID, type Made, makeVersion } from './fixtures.ts'
import { type RequestLoop, startRequestLoop } from './request-loop.ts'

const by = 'test'
/** Random cuts on each runtime. */
const CUTS = 5

/** Bytes of a push, all files together. */
const bytesOf = ({ files }: ModelVersion) => MODEL_FILES.reduce((sum, file) => sum + files[file].length, 0)

/** Checks the bucket after a cut: it has the whole version or none of it. */
async function expectWholeOrNone(bucket: Bucket, next: Made): Promise<boolean> {
  const found = (await listVersions(bucket, ID)).find(each => each.version === next.card.version)
  if (!found?.whole) return false
  expect(await checkVersion(bucket, ID, next.card.version)).toEqual([])
  return true
}

async function clear(bucket: Bucket, next: Made): Promise<void> {
  for (const file of ['card.json', ...MODEL_FILES] as const) {
    await bucket.remove(fileKey(ID, next.card.version, file))
  }
}

/** Interrupted pushes and promotions, while a server follows the bucket and answers requests. */
export function cutsSuite(runtime: DeploymentName, folders: () => DeploymentFolders): void {
  let deployment: Deployment
  let stable: ModelVersion
  let next: Made
  let requests: RequestLoop
  let cutting: Cutting
  let bucket: Bucket
  beforeAll(async () => {
    stable = await makeVersion(path.join(folders().root, 'stable'), 22)
    next = await makeVersion(path.join(folders().root, 'next'), 23)
    deployment = await startDeployment(runtime, folders(), 'cuts')
    cutting =
      runtime === 'workerd and its R2'
        ? await cutConnections(deployment, next)
        : killProcesses(deployment, next)
    bucket = cutting.bucket
    await pushModel(bucket, stable)
    await promoteVersion(bucket, { id: ID, version: stable.card.version, by })
    requests = startRequestLoop(deployment.url, ID)
  })
  afterAll(async () => {
    await requests?.stop()
    await cutting?.stop()
    await deployment?.stop()
  })

  test('push interrupted at any step, before or after it takes effect, leaves a whole version or none', async () => {
    const count = cutBucket(bucket, Number.POSITIVE_INFINITY, true)
    await pushModel(count, next)
    const operations = count.operations()
    expect(operations.map(([name]) => name).join(' ')).toBe('get get put get get put get get put get put get')
    const seen: boolean[] = []
    for (const [at, [name]] of operations.entries()) {
      // A read changes nothing, so losing its answer is the same as losing the request.
      for (const done of name === 'put' ? [false, true] : [false]) {
        await clear(bucket, next)
        await expect(pushModel(cutBucket(bucket, at, done), next)).rejects.toThrow('cut')
        seen.push(await expectWholeOrNone(bucket, next))
        expect(await pushModel(bucket, next)).toBe(!seen.at(-1))
        expect(await expectWholeOrNone(bucket, next)).toBe(true)
      }
    }
    // The card is the last thing written: the version is there from the moment that write took effect.
    expect(seen).toEqual([...Array(14).fill(false), true, true])
    const again = cutBucket(bucket, Number.POSITIVE_INFINITY, true)
    expect(await pushModel(again, next)).toBe(false)
    expect(
      again
        .operations()
        .map(([name]) => name)
        .join(' '),
    ).toBe('get get get get')
  })
  test('push interrupted at a random byte leaves no version, and can be repeated', async () => {
    const uniform = createRng(Date.now() % 2 ** 32, 'cuts')
    for (let i = 0; i < CUTS; i++) {
      await clear(bucket, next)
      const at = Math.floor(uniform() * bytesOf(next))
      await cutting.push(at)
      expect(await expectWholeOrNone(bucket, next), `cut at byte ${at}`).toBe(false)
      expect(await pushModel(bucket, next)).toBe(true)
      expect(await expectWholeOrNone(bucket, next), `cut at byte ${at}`).toBe(true)
    }
  })
  test('promote interrupted at any step leaves the old channel or the new one', async () => {
    const { channel } = await readChannel(bucket, ID)
    const promotion = { id: ID, version: next.card.version, share: 10, by }
    let at = 0
    for (let cut = true; cut; at++) {
      const trial = cutBucket(bucket, at, at % 2 === 0)
      cut = await promoteVersion(trial, promotion).then(
        () => false,
        () => true,
      )
      const now = (await readChannel(bucket, ID)).channel
      if (now?.history.length === 1) expect(now).toEqual(channel)
      else expect(now).toMatchObject({ canary: { share: 10 }, history: [{}, {}] })
    }
    expect(at).toBeGreaterThan(5)
  })
  test('every request during these interruptions was answered by a live version', async () => {
    const got = await requests.stop()
    const names = [stable, next].map(({ card }) => `${ID}@${card.version}`)
    expect([...got.keys()].filter(name => !names.includes(name))).toEqual([])
    expect(got.get(names[0])).toBeGreaterThan(20)
  })
}

interface Cutting {
  /** The bucket, whole. */
  bucket: Bucket
  /** Pushes the version, cut off after so many bytes. */
  push(bytes: number): Promise<void>
  stop(): Promise<void>
}

/** Interrupts pushes to R2 by breaking the connection. */
async function cutConnections({ folder }: Deployment, next: Made): Promise<Cutting> {
  const s3 = await startS3(folder)
  const proxy = await openCutProxy(s3.port)
  const cut = openRemote({ ...s3.account, endpoint: `http://127.0.0.1:${proxy.port}${S3_PATH}` })
  return {
    bucket: openRemote(s3.account),
    async push(bytes) {
      proxy.cutAfter(bytes)
      await expect(pushModel(cut, next)).rejects.toThrow('no answer')
      proxy.mend()
    },
    async stop() {
      await proxy.stop()
      await s3.stop()
    },
  }
}

/** Interrupts pushes to a folder by killing the writing process. */
function killProcesses({ folder, bucket }: Deployment, next: Made): Cutting {
  return {
    bucket,
    async push(bytes) {
      const script = path.join(ROOT, 'test/versions/push-until-killed.ts')
      const child = spawn(process.execPath, [script, next.folder, folder, String(bytes)])
      const [, signal] = await once(child, 'exit')
      expect(signal).toBe('SIGKILL')
      const left = (await readdir(folder, { recursive: true })).filter(name => name.endsWith('.part'))
      expect(left.length).toBeGreaterThan(0)
      expect((await bucket.list('')).filter(({ key }) => key.endsWith('.part'))).toEqual([])
    },
    stop: async () => {},
  }
}
