import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { findMatchingRun } from './matching-run.ts'
import { saveRun } from './run.ts'
import { finishedRun } from './testing/finished-run.ts'

const root = mkdtempSync(join(tmpdir(), 'matching-run-'))
afterAll(() => rmSync(root, { recursive: true }))

test('a run is found by its settings, and one with other settings is refused', async () => {
  const run = finishedRun('mnist-vae-l1-z2')
  expect(await findMatchingRun(root, run.configuration)).toBeNull()
  await saveRun(root, run)
  expect(await findMatchingRun(root, run.configuration)).toEqual(run)
  await expect(findMatchingRun(root, { ...run.configuration, seed: 7 })).rejects.toThrow(
    `${root}: there is a run with other settings:\n  seed: the run has 1, asked for 7`,
  )
})
