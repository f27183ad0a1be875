import { expect, test } from 'vitest'
import { spread } from './spread.ts'

/** NIST's StRD set NumAcc1 (https://www.itl.nist.gov/div898/strd): mean 10000002, standard deviation 1. */
test('spread gives the mean and standard deviation that NIST certifies', () => {
  expect(spread([10000001, 10000003, 10000002])).toEqual({ mean: 10000002, std: 1 })
})

/** NIST's NumAcc2: 1.2, then 1.1 and 1.3 five hundred times each; mean 1.2, standard deviation 0.1. */
test('spread gives the certified values for many numbers too', () => {
  const { mean, std } = spread([1.2, ...Array.from({ length: 1000 }, (_, i) => (i % 2 ? 1.3 : 1.1))])
  expect(mean).toBeCloseTo(1.2, 13)
  expect(std).toBeCloseTo(0.1, 13)
})

test('spread of two folds has no standard deviation', () => {
  expect(spread([1, 2])).toEqual({ mean: 1.5, std: null })
})
