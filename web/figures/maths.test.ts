import { expect, test } from 'vitest'
import { gridPoints } from '../../models/latent/paths.ts'
import type { Curve } from '../../models/paper/report.ts'
import { histogram, leastValidation, lossSpan, normalDensity } from './maths.ts'

test('a histogram’s density is the count over the number of values and the width; values outside count in that number only', () => {
  // Second of two dimensions: −1, 0, 0.5, 0.5, 2, 9 in bins [−1, 0), [0, 1), [1, 2), [2, 3).
  const values = Float32Array.from([-1, 0, 0.5, 0.5, 2, 9].flatMap(value => [100, value]))
  const densities = histogram(values, { d: 2, axis: 1 }, [-1, 3], 4)
  expect([...densities]).toEqual([1, 3, 0, 1].map(count => expect.closeTo(count / 6, 12)))
  const halves = histogram(values, { d: 2, axis: 1 }, [-1, 3], 8)
  expect(halves[3]).toBeCloseTo(2 / 6 / 0.5, 12)
})

test('the prior’s density is the normal one, for any mean and variance', () => {
  expect(normalDensity(0, 0, 1)).toBeCloseTo(0.3989422804014327, 12)
  expect(normalDensity(12, 10, 4)).toBeCloseTo(0.12098536225957168, 12)
  let area = 0
  for (let value = -20; value < 40; value += 0.01) area += normalDensity(value, 10, 9) * 0.01
  expect(area).toBeCloseTo(1, 3)
})

test.each([
  { mean: [0, 0], variance: [1, 1] },
  { mean: [5, 10], variance: [1, 4] },
])('a 10 by 10 grid over ±3 deviations of N($mean, diag($variance)), row by row from the top', prior => {
  const points = gridPoints(prior, { size: 10, range: 3 })
  for (const [row, column] of [
    [0, 0],
    [0, 9],
    [9, 0],
    [4, 7],
  ]) {
    const at = (row * 10 + column) * 2
    expect(points[at]).toBeCloseTo(prior.mean[0] + Math.sqrt(prior.variance[0]) * (-3 + (6 * column) / 9), 5)
    expect(points[at + 1]).toBeCloseTo(prior.mean[1] + Math.sqrt(prior.variance[1]) * (3 - (6 * row) / 9), 5)
  }
})

/** Falls steeply for 100 epochs, then training goes on and validation turns at 400. */
const OVERFIT: Curve = Array.from({ length: 100 }, (_, i) => {
  const epoch = 1 + i * 10
  const fall = 500 * Math.exp(-epoch / 20)
  return [epoch, 200 + fall - epoch / 100, 201 + fall + Math.abs(epoch - 401) / 100]
})

test('the epoch of the least validation loss is the first of equal ones', () => {
  expect(leastValidation(OVERFIT)[0]).toBe(401)
  const level: Curve = [
    [1, 5, 3],
    [2, 4, 3],
    [3, 3, 4],
  ]
  expect(leastValidation(level)[0]).toBe(1)
})

test('a loss chart leaves out the first fall and nothing after it', () => {
  const [low, high] = lossSpan(OVERFIT)
  const later = OVERFIT.filter(([epoch]) => epoch > 100).flatMap(([, ...values]) => values)
  expect(low).toBeLessThan(Math.min(...later))
  expect(high).toBeGreaterThan(Math.max(...later))
  expect(high).toBeLessThan(OVERFIT[3][1])
  const [from, to] = lossSpan([[1, 2, 2]])
  expect(from).toBeLessThan(2)
  expect(to).toBeGreaterThan(2)
})
