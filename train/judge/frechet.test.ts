import { expect, test } from 'vitest'
import { createRng, normals } from '../../models/random.ts'
import { fitGaussian, frechetDistance, type Gaussian } from './frechet.ts'

const gaussian = (mean: number[], covariance: number[][]): Gaussian => ({
  mean: Float64Array.from(mean),
  covariance: covariance.map(row => Float64Array.from(row)),
})

const diagonal = (mean: number[], deviations: number[]) =>
  gaussian(
    mean,
    deviations.map((s, i) => deviations.map((_, j) => (i === j ? s * s : 0))),
  )

test('the distance of diagonal Gaussians is Σ (m₁ − m₂)² + (σ₁ − σ₂)²', () => {
  const a = diagonal([1, -2, 0.5], [2, 0.3, 1])
  const b = diagonal([0, 1, 0.5], [1, 0.5, 0])
  expect(frechetDistance(a, b)).toBeCloseTo(1 + 9 + 0 + 1 + 0.04 + 1, 10)
  expect(frechetDistance(b, a)).toBeCloseTo(12.04, 10)
})

test('the distance does not change when both are rotated', () => {
  const [c, s] = [Math.cos(0.7), Math.sin(0.7)]
  const rotated = ([x, y]: number[], [p, q]: number[]) =>
    gaussian(
      [c * x - s * y, s * x + c * y],
      [
        [c * c * p * p + s * s * q * q, c * s * (p * p - q * q)],
        [c * s * (p * p - q * q), s * s * p * p + c * c * q * q],
      ],
    )
  expect(frechetDistance(rotated([1, 2], [3, 0.5]), rotated([-1, 0], [1, 2]))).toBeCloseTo(
    4 + 4 + 4 + 2.25,
    9,
  )
})

test('for two dimensions tr (S₁S₂)^½ is √(tr S₁S₂ + 2·√det S₁S₂), also where they do not commute', () => {
  const [s1, s2] = [
    [
      [2, 0.7],
      [0.7, 1],
    ],
    [
      [0.5, -0.3],
      [-0.3, 3],
    ],
  ]
  const productTrace = 2 * 0.5 + 2 * 0.7 * -0.3 + 1 * 3
  const determinants = (2 - 0.49) * (1.5 - 0.09)
  const rootTrace = Math.sqrt(productTrace + 2 * Math.sqrt(determinants))
  expect(frechetDistance(gaussian([0, 0], s1), gaussian([0, 0], s2))).toBeCloseTo(3 + 3.5 - 2 * rootTrace, 9)
})

test('the distance of a Gaussian to itself is 0, without variance in some directions too', () => {
  const rows = normals(createRng(1), new Float32Array(200 * 6))
  for (let i = 0; i < rows.length; i += 6) rows[i + 5] = rows[i] - rows[i + 1]
  const fitted = fitGaussian(rows, 6)
  expect(frechetDistance(fitted, fitted)).toBeLessThan(1e-6)
  expect(frechetDistance(diagonal([0, 0], [0, 0]), diagonal([3, 4], [0, 0]))).toBeCloseTo(25, 10)
})

test('fitGaussian gives the mean and the unbiased covariance of its rows', () => {
  const { mean, covariance } = fitGaussian(Float32Array.of(1, 2, 3, 0, 5, 7), 2)
  expect([...mean]).toEqual([3, 3])
  expect(covariance.map(row => [...row])).toEqual([
    [4, 5],
    [5, 13],
  ])
  expect(() => fitGaussian(Float32Array.of(1, 2), 2)).toThrow('expected at least 2 rows, got 1')
})
