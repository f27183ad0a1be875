import { expect, test } from 'vitest'
import { finishedRun } from '../../fit/testing/finished-run.ts'
import { toResult } from './result-files.ts'

test.each([
  ['mnist-vae-l1-z2', undefined],
  ['mnist-vae-l1-z2-binary', 'binarized'],
])('the figures in the result of %s say %s of their pixels', (id, pixels) => {
  const { metrics } = toResult(id, finishedRun(id), [])
  expect(metrics.map(({ name }) => name)).toContain('elbo')
  expect(metrics.map(metric => metric.pixels)).toEqual(metrics.map(() => pixels))
})
