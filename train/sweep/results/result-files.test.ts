import { expect, test } from 'vitest'
import { parseId } from '../../../models/ids.ts'
import { configure } from '../../fit/choices.ts'
import { defaultChoices } from '../../fit/run-options.ts'
import type { Run } from '../../step/run/record.ts'
import { toResult } from './result-files.ts'

test.each([
  ['mnist-vae-l1-z2', undefined],
  ['mnist-vae-l1-z2-binary', 'binarized'],
])('the figures in the result of %s are those of pixels that are %s', (id, pixels) => {
  const choices = { ...defaultChoices(), data: parseId(id).data }
  const evaluation = {
    images: 10_000,
    latent: 'sampled' as const,
    bce: 0.2,
    mse: 0.1,
    l1: 0.1,
    posterior: { kl: 6, klPerDimension: [3, 3] },
    activeUnits: 2,
  }
  const run: Run = {
    configuration: configure(parseId(id), choices, { height: 28, width: 28 }),
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
    evaluations: [{ split: 'test', ...evaluation }],
  }
  const { metrics } = toResult(id, run, [])
  expect(metrics.map(metric => metric.pixels)).toEqual(metrics.map(() => pixels))
  expect(metrics.map(({ name }) => name)).toContain('elbo')
})
