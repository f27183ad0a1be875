import { expect, test } from 'vitest'
import { finishedRun } from '../fit/testing/finished-run.ts'
import { describeDifferences } from './describe-differences.ts'

const { configuration: usual } = finishedRun('mnist-vae-l1-z2')
const { data, optimization, prior } = usual

test('differences are the settings that both have with other values', () => {
  const other = {
    ...usual,
    data: { ...data, fold: 3 },
    prior: { ...prior, mean: [5, 5] },
    optimization: { ...optimization, epochs: 2 },
  }
  expect(describeDifferences(usual, usual)).toBe('')
  expect(describeDifferences(usual, other)).toBe(
    `prior's mean 5,5 (not 0,0), epochs 2 (not ${optimization.epochs})`,
  )
})

test('differences are the settings that only one has, nested ones each', () => {
  const { patience: _, ...without } = optimization
  const other = {
    ...usual,
    data: { ...data, augmentation: { shift: 2, rotation: 8 } },
    optimization: without,
  }
  expect(describeDifferences(usual, other)).toBe(
    `data.augmentation.shift 2 (not none), data.augmentation.rotation 8 (not none), epochs of patience none (not ${optimization.patience})`,
  )
})
