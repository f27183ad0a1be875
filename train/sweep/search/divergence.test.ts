import { expect, test } from 'vitest'
import { TRIALS } from '../../../models/paper/committed-search.ts'
import type { Result } from '../../../models/paper/result.ts'
import { loadResult, RESULTS_FOLDER, resultPath } from '../results/result-files.ts'
import { findDivergences } from './divergence.ts'

const result = (await loadResult(resultPath(RESULTS_FOLDER, 'mnist-vae-l1-z64-fold0-seed1'))) as Result
const { learningRate } = result.configuration.optimization as unknown as { learningRate: number }

/** The result with a validation objective of 200 after the first epoch, and another after the last. */
function ending(last: number, settings: object = {}): Result {
  const { configuration, epochs } = result
  const optimization = { ...configuration.optimization, ...settings }
  return {
    ...result,
    configuration: { ...configuration, optimization },
    curve: [
      [1, 210, 200],
      [epochs, 190, last],
    ],
  }
}

test('a run of all epochs that ends above its first epoch is noted with its group, rate, fold and figures', () => {
  expect(findDivergences([ending(200.1)], TRIALS, [])).toEqual([
    {
      ...{ dataset: 'mnist', kind: 'vae', layers: 1, latentDim: 64, learningRate, betaWarmup: 0, epochs: 60 },
      ...{ fold: 0, seed: 1, model: 'mnist-vae-l1-z64', weights: result.weights, first: 200, last: 200.1 },
    },
  ])
})

test('a run that ends below its first epoch, or that has other settings than the chosen ones, is not noted', () => {
  const others = [ending(200), ending(1e9, { learningRate: 2 * learningRate }), ending(1e9, { epochs: 15 })]
  expect(findDivergences([result, ...others], TRIALS, [])).toEqual([])
})

test('once a rate is withdrawn, its runs are not noted again', () => {
  const [divergence] = findDivergences([ending(1e9)], TRIALS, [])
  expect(findDivergences([ending(1e9)], TRIALS, [divergence])).toEqual([])
})
