import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { parseId } from '../../models/ids.ts'
import { configure } from './choices.ts'
import { findMatchingRun } from './matching-run.ts'
import { saveRun } from './run.ts'
import { defaultChoices } from './run-options.ts'

const root = mkdtempSync(join(tmpdir(), 'matching-run-'))
afterAll(() => rmSync(root, { recursive: true }))

const configuration = configure(
  parseId('mnist-vae-l1-z2'),
  { ...defaultChoices(), data: 'mnist' },
  { height: 28, width: 28 },
)

test('a run is found by its settings, and one with other settings is refused', async () => {
  expect(await findMatchingRun(root, configuration)).toBeNull()
  await saveRun(root, {
    configuration,
    dataset: {
      name: 'mnist',
      height: 28,
      width: 28,
      classes: [],
      trainImages: 54_000,
      validationImages: 6000,
      testImages: 10_000,
      note: null,
      sha256: 'a'.repeat(64),
    },
    parameters: 1,
    versions: {},
    status: 'finished',
    error: null,
    epochs: 20,
    savedEpoch: 20,
    seconds: 1,
    weights: 'b'.repeat(64),
    evaluations: [],
  })
  expect(await findMatchingRun(root, configuration)).toMatchObject({ status: 'finished' })
  await expect(findMatchingRun(root, { ...configuration, seed: 7 })).rejects.toThrow(
    `${root}: there is a run with other settings:\n  seed: the run has 1, asked for 7`,
  )
})
