import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { planJobs } from '../plan/plan.ts'
import { presets } from '../plan/presets.ts'
import { runJobs } from './pool.ts'

test('runs whose folders cannot be written fail one by one', async () => {
  const root = mkdtempSync(join(tmpdir(), 'pool-'))
  const jobs = (await planJobs(presets()[0].settings, { folds: [0] })).slice(0, 2)
  const out = join(root, 'runs')
  mkdirSync(out)
  // Files where folders should be.
  for (const { run } of jobs) writeFileSync(join(out, run), '')
  const signal = new AbortController().signal
  const outcomes = await runJobs(jobs, {
    order: { folders: { out, results: join(root, 'results') }, discardState: false, overwrite: false },
    workers: 1,
    signal,
    kill: signal,
    onStart: () => {},
    onProgress: () => {},
    onEnd: () => {},
  })
  expect(outcomes).toEqual(
    jobs.map(job => ({ job, type: 'failed', error: expect.stringContaining(join(out, job.run)) })),
  )
  rmSync(root, { recursive: true })
})
