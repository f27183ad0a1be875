import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { readStatus } from '../../train/sweep/queue/status.ts'
import { startTestQueue, sweepOf, until, weightsIn } from './fixture.ts'

const { place, queue, common } = startTestQueue()

test('another worker resumes the run of a killed one from its last checkpoint, to the same weights', async () => {
  const sweep = sweepOf(place(), 'killed', { runs: [{ ...common, kind: 'vae', epochs: 400 }] })
  await sweep.enqueue()
  const first = sweep.startWorker('first')
  await until(queue().sql, ([run]) => run.epoch > 40)
  first.child.kill('SIGKILL')
  await first.ended
  const [second] = await Promise.all([sweep.work('second'), sweep.local()])
  expect(second.output).toMatch(/from epoch \d{2,}/)
  await sweep.command('collect', '--results', sweep.results)
  expect(weightsIn(sweep.results)).toEqual(weightsIn(sweep.localResults))
})

test('a failing run is parked after three failures with its log, and retried on command', async () => {
  const sweep = sweepOf(place(), 'failing', {
    runs: [{ ...common, kind: 'ae', loss: 'mse', output: 'identity', lr: 1e30, epochs: 2 }],
  })
  await sweep.enqueue()
  const { output } = await sweep.work('worker')
  expect(output.match(/: failed/g)).toHaveLength(3)
  const [parked] = (await readStatus(queue().sql)).runs
  expect(parked).toMatchObject({ state: 'parked', failures: 3 })
  expect(parked.log).toContain('the loss is not a finite number')
  expect((await sweep.command('status')).output).toMatch(/parked after 3 failures:\n.*/)
  expect((await sweep.command('retry', '*')).output).toContain('1 runs')
  expect((await readStatus(queue().sql)).runs).toMatchObject([{ state: 'queued', failures: 0 }])
  expect((await sweep.work('worker')).output.match(/: failed/g)).toHaveLength(3)
})

test('runs can be cancelled, paused, resumed and moved ahead', async () => {
  const sweep = sweepOf(place(), 'control', {
    defaults: { ...common, epochs: 4000 },
    grid: { kind: ['ae', 'vae'] },
  })
  await sweep.enqueue()
  expect((await sweep.command('priority', '5', 'spots-vae-*')).output).toContain(
    'spots-vae-l1-z2-fold0-seed1',
  )
  const worker = sweep.startWorker('worker')
  const [first] = await until(queue().sql, runs => runs.some(run => run.state === 'running' && run.epoch > 1))
  expect(first).toMatchObject({ model: 'spots-vae-l1-z2', state: 'running' })
  await sweep.command('pause')
  await sweep.command('cancel', 'spots-vae-*')
  await until(queue().sql, ([vae]) => vae.state === 'cancelled')
  await sleep(5000)
  expect((await readStatus(queue().sql)).runs.map(run => run.state)).toEqual(['cancelled', 'queued'])
  await sweep.command('resume')
  await until(queue().sql, runs =>
    runs.some(run => run.model === 'spots-ae-l1-z2' && run.state === 'running'),
  )
  worker.child.kill('SIGTERM')
  expect(await worker.ended).toBe(0)
  expect((await readStatus(queue().sql)).runs.map(run => run.state)).toEqual(['cancelled', 'queued'])
})
