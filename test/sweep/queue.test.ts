import { join } from 'node:path'
import { expect, test } from 'vitest'
import { startDashboard } from '../../train/sweep/queue/dashboard.ts'
import { readStatus } from '../../train/sweep/queue/status.ts'
import { startTestQueue, sweepOf, weightsIn, writeSpots } from './fixture.ts'

const { root, place, queue, common } = startTestQueue()

test('a sweep is queued once, trained by workers and collected with the results of one machine', async () => {
  const sweep = sweepOf(place(), 'grid', {
    defaults: { ...common, epochs: 3 },
    grid: { kind: ['ae', 'vae'] },
  })
  expect((await sweep.enqueue()).output).toContain('2 runs, 0 with results, 0 queued before, 2 added')
  expect((await sweep.enqueue()).output).toContain('2 queued before, 0 added')
  const [done] = await Promise.all([sweep.work('worker'), sweep.local()])
  expect(done).toMatchObject({ code: 0, output: expect.stringContaining('finished') })
  expect((await sweep.command('status')).output).toContain('2 runs: 2 finished')
  const collected = await sweep.command('collect', '--results', sweep.results)
  expect(collected.output).toContain('2 results written')
  expect(weightsIn(sweep.results)).toEqual(weightsIn(sweep.localResults))
  // Runs with results are not queued, and those that were finished are not trained again.
  expect((await sweep.enqueue()).output).toContain('2 runs, 2 with results, 0 queued before, 0 added')
  expect((await sweep.command('collect', '--results', sweep.results)).output).toContain('0 results written')
})

test('a worker whose data differs takes no runs and says why', async () => {
  const sweep = sweepOf(place(), 'other', { runs: [{ ...common, kind: 'ae', epochs: 2 }] })
  await sweep.enqueue()
  writeSpots(join(root, 'spots'), 1)
  const { code, output } = await sweep.work('worker').finally(() => writeSpots(join(root, 'spots')))
  expect(code).toBe(0)
  expect(output).toMatch(
    /runs on idx:\S+ are left to other workers: expected pixels with SHA-256 [0-9a-f]{12}, got [0-9a-f]{12}/,
  )
  expect((await readStatus(queue().sql)).runs).toMatchObject([{ state: 'queued', failures: 0 }])
})

test('a worker without the memory for a run leaves it in the queue and says how much the run takes', async () => {
  const sweep = sweepOf(place(), 'large', { runs: [{ ...common, kind: 'ae', epochs: 2 }] })
  await sweep.enqueue()
  const { output } = await sweep.work('worker', '--memory', '0.5')
  expect(output).toContain(
    'runs that may take 1 GiB are left to other workers: this one has 0.5 GiB for each of its runs',
  )
  expect((await readStatus(queue().sql)).runs).toMatchObject([{ state: 'queued', failures: 0 }])
})

test('a worker of an older code version leaves a run in the queue with a clear message', async () => {
  const sweep = sweepOf(place(), 'newer', { runs: [{ ...common, kind: 'ae', epochs: 2 }] })
  await sweep.enqueue()
  await queue().sql(`UPDATE latent_edge.run SET queue = replace(queue, 'sweep-v1-', 'sweep-v2-')`)
  expect((await sweep.work('worker')).output).toContain(
    'runs of code version 2 are left to other workers: this one has version 1. Update it to take them',
  )
})

test('the dashboard serves the state as JSON and as a page without other resources', async () => {
  const sweep = sweepOf(place(), 'shown', { runs: [{ ...common, kind: 'ae', epochs: 2 }] })
  await sweep.enqueue()
  const { url, close } = await startDashboard(queue().sql, '127.0.0.1', 0)
  const page = await fetch(url)
  expect(page.headers.get('content-security-policy')).toContain("default-src 'none'")
  expect(await page.text()).not.toMatch(/(src|href)=/)
  const status = await (await fetch(`${url}status.json`)).json()
  expect(status).toMatchObject({ counts: { queued: 1 }, runs: [{ model: 'spots-ae-l1-z2', epochs: 2 }] })
  expect((await fetch(url, { method: 'POST' })).status).toBe(404)
  await close()
})
