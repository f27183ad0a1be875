import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, expect, test } from 'vitest'
import { createRng } from '../../models/random.ts'
import { type Database, startDatabase } from '../../train/sweep/queue/database.ts'
import { openQueue, type Queue } from '../../train/sweep/queue/queue.ts'
import { readStatus } from '../../train/sweep/queue/status.ts'
import { type S3, startS3 } from '../versions/buckets.ts'
import {
  freePort,
  type Started,
  startProxy,
  startSweepIn,
  sweepOf,
  weightsIn,
  writeSpots,
} from './fixture.ts'
import { type Network, openNetworks } from './networks.ts'

const WORKERS = 8
const NETWORKS = 4
const KILLS = 30
/** Numbers of kills after which another outage begins. */
const [NETWORK_CUT, DATABASE_KILLED, BUCKET_GONE] = [6, 12, 18]

const root = mkdtempSync(join(tmpdir(), 'outages-'))
const postgres = mkdtempSync(join(tmpdir(), 'outages-postgres-'))
const data = writeSpots(join(root, 'spots'))
let database: Database
let s3: S3
let networks: Network[] = []
const workers: Started[] = []
afterAll(async () => {
  for (const { child } of workers) child.kill('SIGKILL')
  for (const network of networks) network.close()
  await s3?.stop()
  await database?.stop()
  rmSync(root, { recursive: true, force: true })
})

test('24 runs of two sweeps come out once each, as on one machine, though workers, network, database and bucket fail', async () => {
  const port = await freePort()
  database = await startDatabase(postgres, port)
  s3 = await startS3(join(root, 's3'))
  const bucket = await startProxy(s3.port)
  const opened = openNetworks(NETWORKS)
  networks = opened.networks
  const place = { root, url: database.url }
  const common = { data, folds: 3, batch: 8, latent: 2, layers: 1, epochs: 400 }
  const grid = { kind: ['ae', 'vae'], lr: [0.001, 0.002] }
  const [a, b] = [
    sweepOf(place, 'a', { defaults: common, grid: { ...grid, seed: [1, 2] } }),
    sweepOf(place, 'b', { defaults: { ...common, layers: 2 }, grid }),
  ]
  await Promise.all([a.enqueue('--folds', '0,1'), b.enqueue('--folds', '0,1')])

  const reached = await Promise.all(networks.map(network => servicesIn(network, port, bucket.port)))
  /** Workers that ended by themselves; there should be none. */
  const died: string[] = []
  let isOver = false
  const start = (i: number) => {
    const { network, queue, env } = reached[i % NETWORKS]
    const folders = ['--store', `s3://${s3.account.bucket}/outages`, '--out', join(root, `worker${i}`)]
    const args = ['worker', '--queue', queue, ...folders, '-w', '1', '--checkpoint-seconds', '1']
    const started = startSweepIn(network.prefix, env, ...args)
    started.ended.then(code => code !== null && !isOver && died.push(`exit ${code}:\n${started.output()}`))
    return started
  }
  for (let i = 0; i < WORKERS; i++) workers.push(start(i))

  const began = Date.now()
  const say = (what: string) => console.log(`${((Date.now() - began) / 1000).toFixed(0)} s: ${what}`)
  say(`${WORKERS} workers in ${NETWORKS} ${opened.kind}`)
  const uniform = createRng(1, 'outages')
  let queue = await openQueue(database.url, () => {})
  for (let kills = 0; kills < KILLS; ) {
    await sleep(500 + 1000 * uniform())
    const training = await trainingWorkers(queue)
    expect(died).toEqual([])
    expect(training, `all runs ended after ${kills} kills`).not.toEqual([])
    const i = training[Math.floor(uniform() * training.length)]
    workers[i].child.kill('SIGKILL')
    await workers[i].ended
    workers[i] = start(i)
    kills++
    if (kills % 5 === 0) say(`${kills} kills`)
    if (kills === NETWORK_CUT) {
      say('network 0 is cut for 20 s')
      networks[0].cut(20_000)
    }
    if (kills === DATABASE_KILLED) {
      say('Postgres is killed, and started again after 3 s')
      await queue.close()
      process.kill(database.pid, 'SIGKILL')
      await sleep(3000)
      database = await startDatabase(postgres, port)
      queue = await openQueue(database.url, () => {})
    }
    if (kills === BUCKET_GONE) {
      say('the bucket is gone for 60 s')
      bucket.cut(60_000)
    }
  }
  await allFinished(queue)
  say('all runs are finished')
  expect((await readStatus(queue.sql)).runs).toHaveLength(24)
  await queue.close()
  isOver = true
  for (const { child } of workers) child.kill('SIGTERM')
  expect(await Promise.all(workers.map(worker => worker.ended))).toEqual(workers.map(() => 0))
  bucket.close()

  for (const [sweep, name] of [[a, 'a'] as const, [b, 'b'] as const]) {
    await sweep.command('collect', name, '--results', sweep.results)
    await sweep.local('--folds', '0,1')
    expect(weightsIn(sweep.results)).toEqual(weightsIn(sweep.localResults))
  }
  say('the results are those of one machine')
}, 1_800_000)

/** Indices of the workers with a run under way; waits for one, unless all runs have ended. */
async function trainingWorkers({ sql }: Queue): Promise<number[]> {
  const until = Date.now() + 120_000
  while (Date.now() < until) {
    const { runs } = await readStatus(sql)
    if (runs.every(run => run.state === 'finished')) return []
    const pids = runs
      .filter(run => run.state === 'running')
      .map(run => Number((run.worker ?? '').split(':')[1]))
    const training = pids.map(pid => workers.findIndex(({ child }) => child.pid === pid)).filter(i => i >= 0)
    if (training.length > 0) return training
    await sleep(200)
  }
  throw new Error(
    `no worker has trained for two minutes: ${workers.map(({ output }) => output()).join('\n--\n')}`,
  )
}

/** How a worker in a network reaches Postgres and the bucket, each listening on a port of the host. */
async function servicesIn(network: Network, postgresPort: number, bucketPort: number) {
  return {
    network,
    queue: database.url.replace(`127.0.0.1:${postgresPort}`, await network.reach(postgresPort)),
    env: {
      R2_ENDPOINT: s3.account.endpoint.replace(/\/\/[^/]+/, `//${await network.reach(bucketPort)}`),
      R2_ACCESS_KEY_ID: s3.account.accessKeyId,
      R2_SECRET_ACCESS_KEY: s3.account.secretAccessKey,
    },
  }
}

/** Waits until every run of the queue is finished, none of them parked. */
async function allFinished({ sql }: Queue): Promise<void> {
  for (;;) {
    const { counts, runs } = await readStatus(sql)
    expect(counts.parked).toBe(0)
    if (counts.finished === runs.length) return
    await sleep(500)
  }
}
