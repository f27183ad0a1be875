import { mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, expect, test } from 'vitest'
import { createRng } from '../../../models/random.ts'
import { type Database, startDatabase } from './database.ts'
import { freePort, startProxy, startSweep, sweepOf, weightsIn, writeSpots } from './fixture.ts'
import { openQueue, type Queue } from './queue.ts'
import { readStatus } from './status.ts'

const WORKERS = 8
const NETWORKS = 4
const KILLS = 30
/** Finds the processes of workers that train a run; waits for one, unless all runs have ended. */
async function trainingPids({ sql }: Queue): Promise<number[]> {
  for (;;) {
    const { runs } = await readStatus(sql)
    if (runs.every(run => run.state === 'finished')) return []
    const training = runs.filter(run => run.state === 'running' && run.epoch > 5 && run.worker)
    if (training.length > 0) return training.map(run => Number(run.worker!.split(':')[1]))
    await sleep(200)
  }
}

const root = mkdtempSync(join(tmpdir(), 'outages-'))
const data = writeSpots(join(root, 'spots'))
const postgres = mkdtempSync(join(tmpdir(), 'outages-postgres-'))
let database: Database
afterAll(async () => {
  await database?.stop()
  rmSync(root, { recursive: true, force: true })
})

test('each of 24 runs of two sweeps gives one result, the same as on one machine, while workers, network, database and store fail', async () => {
  const port = await freePort()
  database = await startDatabase(postgres, port)
  const place = { root, url: database.url }
  const common = { data, folds: 3, batch: 8, latent: 2, layers: 1, epochs: 800 }
  const grid = { kind: ['ae', 'vae'], lr: [0.001, 0.002] }
  const [a, b] = [
    sweepOf(place, 'a', { defaults: common, grid: { ...grid, seed: [1, 2] } }),
    sweepOf(place, 'b', { defaults: { ...common, layers: 2 }, grid }),
  ]
  await Promise.all([a.enqueue('--folds', '0,1'), b.enqueue('--folds', '0,1')])
  const store = join(root, 'store')
  mkdirSync(store)
  const networks = await Promise.all(Array.from({ length: NETWORKS }, () => startProxy(port)))
  const start = (i: number) => {
    const url = database.url.replace(`:${port}/`, `:${networks[i % NETWORKS].port}/`)
    const out = join(root, `worker${i}`)
    const args = ['--queue', url, '--store', store, '--out', out, '-w', '1', '--checkpoint-seconds', '1']
    return startSweep('worker', ...args)
  }
  const workers = Array.from({ length: WORKERS }, (_, i) => start(i))
  const uniform = createRng(1, 'outages')
  let queue = await openQueue(database.url, () => {})
  let kills = 0
  while (kills < KILLS) {
    await sleep(500 + 1000 * uniform())
    const pids = await trainingPids(queue)
    if (pids.length === 0) break
    const i = workers.findIndex(({ child }) => child.pid === pids[Math.floor(uniform() * pids.length)])
    if (i < 0) continue
    workers[i].child.kill('SIGKILL')
    await workers[i].ended
    workers[i] = start(i)
    kills++
    if (kills === 8) networks[0].cut(20_000)
    if (kills === 14) {
      await queue.close()
      process.kill(database.pid, 'SIGKILL')
      await sleep(3000)
      database = await startDatabase(postgres, port)
      queue = await openQueue(database.url, () => {})
    }
    if (kills === 18) {
      renameSync(store, `${store}-away`)
      setTimeout(() => {
        rmSync(store, { recursive: true, force: true })
        renameSync(`${store}-away`, store)
      }, 20_000)
    }
  }
  expect(kills).toBe(KILLS)
  for (;;) {
    const { counts, runs } = await readStatus(queue.sql)
    expect(counts.parked).toBe(0)
    if (counts.finished === runs.length) break
    await sleep(500)
  }
  const { runs } = await readStatus(queue.sql)
  expect(runs).toHaveLength(24)
  await queue.close()
  for (const { child } of workers) child.kill('SIGTERM')
  expect(await Promise.all(workers.map(worker => worker.ended))).toEqual(workers.map(() => 0))
  for (const network of networks) network.close()
  for (const [sweep, name] of [
    [a, 'a'],
    [b, 'b'],
  ] as const) {
    await sweep.command('collect', name, '--results', sweep.results)
    await sweep.local('--folds', '0,1')
    expect(weightsIn(sweep.results)).toEqual(weightsIn(sweep.localResults))
  }
}, 1_800_000)
