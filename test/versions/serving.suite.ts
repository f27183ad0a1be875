import path from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { readChannel, writeChannel } from '../../export/registry/channels.ts'
import { promoteVersion, rollBackModel } from '../../export/registry/promote.ts'
import { pushModel } from '../../export/registry/push.ts'
import { readModelFolder } from '../../export/registry/read-folder.ts'
import { promote } from '../../models/registry/channel.ts'
import { fileKey } from '../../models/registry/keys.ts'
import type { ModelVersion } from '../../models/registry/version.ts'
import {
  type Deployment,
  type DeploymentFolders,
  type DeploymentName,
  startDeployment,
} from './deployments.ts'
import { ID, makeVersion } from './fixtures.ts'

const by = 'test'
const of = (model: ModelVersion) => model.card.version

/** Which version answers which client, while the channel of a running server changes. */
export function servingSuite(runtime: DeploymentName, folders: () => DeploymentFolders): void {
  let deployment: Deployment
  let bundled: ModelVersion
  const versions: ModelVersion[] = []
  beforeAll(async () => {
    bundled = await readModelFolder(path.join(folders().zoo, ID))
    for (const seed of [2, 3, 4])
      versions.push(await makeVersion(path.join(folders().root, `v${seed}`), seed))
    deployment = await startDeployment(runtime, folders(), 'live')
  })
  afterAll(() => deployment?.stop())

  const ask = (rest: string, init?: RequestInit) => fetch(`${deployment.url}/v1/models/${ID}${rest}`, init)
  const answering = async (rest = '/sample?seed=1') => {
    const response = await ask(rest)
    await response.arrayBuffer()
    return response.ok ? response.headers.get('x-model') : response.status
  }
  const untilAnswered = (version: string, rest?: string) =>
    expect.poll(() => answering(rest), { interval: 50 }).toBe(`${ID}@${version}`)
  const ready = async () =>
    (await fetch(`${deployment.url}/readyz`)).json() as Promise<{ status: string; incidents?: unknown }>

  test('without a channel the bundled model answers', async () => {
    await untilAnswered(of(bundled))
  })
  test('a pushed version can be requested by its pin before it is promoted', async () => {
    await pushModel(deployment.bucket, versions[0])
    expect(await answering(`@${of(versions[0])}/sample?seed=1`)).toBe(`${ID}@${of(versions[0])}`)
    expect(await answering()).toBe(`${ID}@${of(bundled)}`)
    expect(await answering('@000000000000/sample?seed=1')).toBe(404)
  })
  test('a promoted version answers without a restart, and the version it replaced keeps its pinned URL', async () => {
    const before = await (await ask('/sample?seed=5')).text()
    await promoteVersion(deployment.bucket, { id: ID, version: of(versions[0]), by, bundled })
    await untilAnswered(of(versions[0]))
    await untilAnswered(of(versions[0]), '/sample?seed=5')
    expect(await (await ask('/sample?seed=5')).text()).not.toBe(before)
    const old = await ask(`@${of(bundled)}/sample?seed=5`)
    expect(old.headers.get('cache-control')).toContain('immutable')
    expect(await old.text()).toBe(before)
    const listed = (await (await fetch(`${deployment.url}/v1/models`)).json()) as {
      models: { version: string }[]
    }
    expect(listed.models.map(model => model.version)).toEqual([of(versions[0])])
  })
  test('a canary gets its share of seeds, the same ones each time, with answers that may be cached', async () => {
    await pushModel(deployment.bucket, versions[1])
    await promoteVersion(deployment.bucket, { id: ID, version: of(versions[1]), share: 50, by })
    await expect
      .poll(
        async () =>
          ((await (await fetch(`${deployment.url}/v1/models`)).json()) as { models: { canary?: unknown }[] })
            .models[0].canary,
      )
      .toEqual({ version: of(versions[1]), share: 50 })
    const round = async () => {
      const got: unknown[] = []
      for (let seed = 0; seed < 40; seed++) got.push(await answering(`/sample?seed=${seed}&format=f32`))
      return got
    }
    const first = await round()
    expect(new Set(first)).toEqual(new Set([`${ID}@${of(versions[0])}`, `${ID}@${of(versions[1])}`]))
    expect(await round()).toEqual(first)
    expect((await ask('/sample?seed=1')).headers.get('cache-control')).toBe(
      'public, max-age=60, must-revalidate',
    )
  })
  test('a client without a seed stays with one version, and no cache gives it to another client', async () => {
    const from = async (client: string) => {
      const header = runtime === 'Node and a folder' ? 'x-forwarded-for' : 'cf-connecting-ip'
      const response = await ask('/decode?z=0.5,-1', { headers: { [header]: client } })
      expect(response.headers.get('cache-control')).toBe('private, max-age=60, must-revalidate')
      return [response.headers.get('x-model'), await response.text()].join('\n')
    }
    const clients = Array.from({ length: 16 }, (_, i) => `10.0.0.${i}`)
    const round = async () => {
      const got: string[] = []
      for (const client of clients) got.push(await from(client))
      return got
    }
    const first = await round()
    expect(new Set(first).size).toBe(2)
    expect(await round()).toEqual(first)
  })
  test('rollback ends the canary, and then returns to the previous version', async () => {
    await rollBackModel(deployment.bucket, ID, by)
    for (const seed of [0, 1, 2, 3, 4, 5]) await untilAnswered(of(versions[0]), `/sample?seed=${seed}`)
    await rollBackModel(deployment.bucket, ID, by)
    await untilAnswered(of(bundled))
    await promoteVersion(deployment.bucket, { id: ID, version: of(versions[0]), by })
    await untilAnswered(of(versions[0]))
  })
  test('a damaged version is never served: the previous one answers, and readyz and the log say why', async () => {
    const bad = versions[2]
    await pushModel(deployment.bucket, bad)
    const bytes = Uint8Array.from(bad.files['decoder.onnx'])
    bytes[bytes.length >> 1] ^= 1
    await deployment.bucket.put(fileKey(ID, of(bad), 'decoder.onnx'), bytes)
    await expect(promoteVersion(deployment.bucket, { id: ID, version: of(bad), by })).rejects.toThrow(
      /is not whole/,
    )
    expect((await ready()).incidents).toBeUndefined()
    // A channel changed without the command, or a file damaged afterwards, has the same effect.
    const read = await readChannel(deployment.bucket, ID)
    const at = new Date().toISOString()
    await writeChannel(deployment.bucket, read, promote(read.channel, ID, of(bad), { at, by }))
    await expect
      .poll(async () => (await ready()).incidents)
      .toEqual([
        { name: `${ID}@${of(bad)}`, reason: expect.stringMatching(/^decoder\.onnx: expected SHA-256 /) },
      ])
    expect((await ready()).status).toBe('ready')
    expect(deployment.log.join('\n')).toContain(`${ID}@${of(bad)}: decoder.onnx: expected SHA-256 `)
    expect(await answering()).toBe(`${ID}@${of(versions[0])}`)
    expect(await answering(`@${of(bad)}/sample?seed=1`)).toBe(503)
    await pushModel(deployment.bucket, bad)
    await untilAnswered(of(bad))
    expect((await ready()).incidents).toBeUndefined()
  })
  test('a version that computes other values than its card is refused', async () => {
    const golden = { z: [0.5, -1], xhat: Array(784).fill(0.5), mu: [0, 0], tolerance: 0.01 }
    const odd = await makeVersion(path.join(folders().root, 'odd'), 5, { golden })
    await pushModel(deployment.bucket, odd)
    await promoteVersion(deployment.bucket, { id: ID, version: of(odd), by })
    await expect
      .poll(async () => (await ready()).incidents)
      .toEqual([
        {
          name: `${ID}@${of(odd)}`,
          reason: expect.stringMatching(
            /^xhat: expected the card’s golden vector to 0.01, got a difference of 0\.\d+$/,
          ),
        },
      ])
    expect(await answering()).toBe(`${ID}@${of(versions[2])}`)
  })
}
