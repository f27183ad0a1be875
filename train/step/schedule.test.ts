import { expect, test } from 'vitest'
import { betaFactor, rateFactor } from './schedule.ts'

/** Values by step worked out from the definitions: cos 0, π/3, π/2, 2π/3 are 1, ½, 0, −½. */
test.each<[Parameters<typeof rateFactor>, number]>([
  [['constant', 0, 60], 1],
  [['constant', 59, 60], 1],
  [['cosine', 0, 60], 1],
  [['cosine', 20, 60], 0.75],
  [['cosine', 30, 60], 0.5],
  [['cosine', 40, 60], 0.25],
  [['cosine', 60, 60], 0],
  // A warm-up of 10 steps gives a tenth more each step, and all from the tenth on.
  [['constant', 0, 60, 10], 0.1],
  [['constant', 4, 60, 10], 0.5],
  [['constant', 9, 60, 10], 1],
  [['cosine', 20, 60, 40], 0.75 * (21 / 40)],
  [['cosine', 30, 60, 10], 0.5],
  // One cycle of 100 steps: 1/25 to 1 over 30 of them, then to 0 over 70.
  [['one-cycle', 0, 100], 1 / 25],
  [['one-cycle', 10, 100], 1 / 25 + (24 / 25) * 0.25],
  [['one-cycle', 15, 100], 1 / 25 + (24 / 25) * 0.5],
  [['one-cycle', 20, 100], 1 / 25 + (24 / 25) * 0.75],
  [['one-cycle', 30, 100], 1],
  [['one-cycle', 65, 100], 0.5],
  [['one-cycle', 100, 100], 0],
])('rateFactor%j is %d', (arguments_, expected) => {
  expect(rateFactor(...arguments_)).toBeCloseTo(expected, 12)
})

test.each<[Parameters<typeof betaFactor>, number]>([
  [[0, 0], 1],
  [[0, 40], 0],
  [[10, 40], 0.25],
  [[39, 40], 39 / 40],
  [[40, 40], 1],
  [[400, 40], 1],
])('betaFactor%j is %d', (arguments_, expected) => {
  expect(betaFactor(...arguments_)).toBeCloseTo(expected, 12)
})

test('rateFactor of cosine falls at every step, of one-cycle rises and then falls', () => {
  const steps = Array.from({ length: 100 }, (_, step) => step)
  const slopes = (schedule: 'cosine' | 'one-cycle') =>
    steps.map(step => Math.sign(rateFactor(schedule, step + 1, 100) - rateFactor(schedule, step, 100)))
  expect(new Set(slopes('cosine'))).toEqual(new Set([-1]))
  expect(slopes('one-cycle')).toEqual(steps.map(step => (step < 30 ? 1 : -1)))
})
