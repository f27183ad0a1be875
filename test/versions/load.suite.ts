import { Agent, get } from 'node:http'
import path from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { promoteVersion, rollBackModel } from '../../export/registry/promote.ts'
import { pushModel } from '../../export/registry/push.ts'
import { readModelFolder } from '../../export/registry/read-folder.ts'
import type { ModelVersion } from '../../models/registry/version.ts'
import { openClient } from '../load/client/client.ts'
import { resolveTarget } from '../load/client/target.ts'
import { runLoad } from '../load/generate/run.ts'
import { loadModelMix } from '../load/requests/model-mix.ts'
import { PROFILES } from '../load/schedule/profiles.ts'
import {
  type Deployment,
  type DeploymentFolders,
  type DeploymentName,
  startDeployment,
} from './deployments.ts'
import { ID, makeVersion } from './fixtures.ts'

const by = 'test'
/** The canary's share, in percent. */
const SHARE = 10
/**
 * Milliseconds after a change during which a server may still answer as before; the documentation promises a minute.
 */
const LAG = 5000
const CONNECTIONS = 8

/** An answer's version, and the times of request and answer. */
interface Seen {
  version: string
  from: number
  to: number
}

/** Promotion, canary and rollback while a server is under constant load. */
export function loadSuite(runtime: DeploymentName, folders: () => DeploymentFolders, seeds: number): void {
  let deployment: Deployment
  let old: ModelVersion
  let next: ModelVersion
  beforeAll(async () => {
    old = await readModelFolder(path.join(folders().zoo, ID))
    next = await makeVersion(path.join(folders().root, 'loaded'), 32)
    deployment = await startDeployment(runtime, folders(), 'load')
  })
  afterAll(() => deployment?.stop())

  test(`no request fails during promotions, each is answered by a live version, and ${seeds} seeds split by the share`, async () => {
    const stop = new AbortController()
    const loadFrom = performance.now()
    const target = await resolveTarget(deployment.url)
    const client = openClient(target, 30_000)
    const mix = await loadModelMix(client, deployment.url, ID)
    client.close()
    const load = runLoad({
      target,
      profile: { ...PROFILES.steady, name: 'steady', warmup: 0, stages: [{ seconds: 600, rate: 40 }] },
      scale: 1,
      spacing: 'poisson',
      seed: 1,
      mix,
      timeout: 30_000,
      maxInFlight: 1000,
      signal: stop.signal,
    })
    const agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS })
    const watch = (count: number, first = 0) => ask(deployment.url, agent, first, count)
    const live: { versions: string[]; from: number; to: number }[] = [span(old.card.version)]
    const change = async (versions: string[], work: () => Promise<unknown>) => {
      const from = performance.now()
      await work()
      live.at(-1)!.to = performance.now()
      live.push({ versions, from, to: Number.POSITIVE_INFINITY })
    }
    const until = async (version: string, seen: Seen[]) => {
      const deadline = performance.now() + LAG
      for (let ready = false; !ready; ) {
        const some = await watch(50)
        seen.push(...some)
        ready = some.some(each => each.version === version)
        if (!ready && performance.now() > deadline) throw new Error(`${version} never answered`)
      }
    }
    const [a, b] = [old.card.version, next.card.version]
    const seen = await watch(50)
    await pushModel(deployment.bucket, next)
    const canary = { id: ID, version: b, share: SHARE, by, bundled: old }
    await change([a, b], () => promoteVersion(deployment.bucket, canary))
    await until(b, seen)
    const split = await watch(seeds)
    await change([b], () => promoteVersion(deployment.bucket, { id: ID, version: b, by }))
    await until(b, seen)
    await new Promise(resolve => setTimeout(resolve, 1000))
    expect(new Set((await watch(50)).map(({ version }) => version))).toEqual(new Set([b]))
    await change([a], () => rollBackModel(deployment.bucket, ID, by))
    await until(a, seen)
    // At 40 a second this gives enough requests, however fast the changes were.
    await new Promise(resolve => setTimeout(resolve, 5000 - (performance.now() - loadFrom)))
    stop.abort()
    const result = await load
    agent.destroy()

    expect(result.failures).toEqual(
      expect.objectContaining({ status: 0, body: 0, connect: 0, timeout: 0, reset: 0 }),
    )
    expect([result.failed, result.details]).toEqual([0, []])
    expect(result.requests).toBeGreaterThan(100)
    const share = (100 * split.filter(({ version }) => version === b).length) / split.length
    // 1% over 10,000 seeds is more than three standard deviations; fewer seeds scatter more.
    expect(Math.abs(share - SHARE)).toBeLessThan(Math.sqrt(10_000 / seeds))
    const wrong = [...seen, ...split].filter(
      ({ version, from, to }) =>
        !live.some(each => each.versions.includes(version) && each.from <= to && each.to + LAG >= from),
    )
    expect(wrong).toEqual([])
  })
}

function span(version: string) {
  return { versions: [version], from: Number.NEGATIVE_INFINITY, to: Number.POSITIVE_INFINITY }
}

/** Requests images of `count` seeds. @throws Error at the first unexpected answer */
async function ask(url: string, agent: Agent, first: number, count: number): Promise<Seen[]> {
  const seen: Seen[] = []
  let next = first
  const one = (seed: number) =>
    new Promise<void>((resolve, reject) => {
      const from = performance.now()
      get(`${url}/v1/models/${ID}/sample?seed=${seed}&format=f32`, { agent }, response => {
        let bytes = 0
        response.on('data', (data: Buffer) => (bytes += data.length))
        response.on('end', () => {
          const { statusCode, headers } = response
          if (statusCode !== 200 || bytes !== 784 * 4) reject(new Error(`seed ${seed}: status ${statusCode}`))
          const version = String(headers['x-model']).slice(ID.length + 1)
          seen.push({ version, from, to: performance.now() })
          resolve()
        })
      }).on('error', reject)
    })
  const work = async () => {
    while (next < first + count) await one(next++)
  }
  await Promise.all(Array.from({ length: CONNECTIONS }, work))
  return seen
}
