import { describe, expect, test } from 'vitest'
import type { Density, Mixture } from '../latent-statistics.ts'
import { drawDensity, drawMixture, mixtureLogDensity } from './density.ts'

/** Two components far apart in two dimensions; the second's covariance is [[4, 2], [2, 5]]. */
const MIXTURE: Mixture = {
  weights: [0.25, 0.75],
  means: [
    [-10, 0],
    [10, 3],
  ],
  factors: [
    [1, 0, 0.5],
    [2, 1, 2],
  ],
}

test('drawMixture gives components in proportion to their weights, with their means and covariances', () => {
  const n = 40_000
  const z = drawMixture(MIXTURE, n, 7)
  const rows = Array.from({ length: n }, (_, i) => [z[2 * i], z[2 * i + 1]])
  const second = rows.filter(([x]) => x > 0)
  expect(second.length / n).toBeCloseTo(0.75, 2)
  const mean = [0, 1].map(k => second.reduce((sum, row) => sum + row[k], 0) / second.length)
  expect(mean[0]).toBeCloseTo(10, 1)
  expect(mean[1]).toBeCloseTo(3, 1)
  const covariance = (a: number, b: number) =>
    second.reduce((sum, row) => sum + (row[a] - mean[a]) * (row[b] - mean[b]), 0) / second.length
  expect(Math.abs(covariance(0, 0) - 4)).toBeLessThan(0.15)
  expect(Math.abs(covariance(0, 1) - 2)).toBeLessThan(0.15)
  expect(Math.abs(covariance(1, 1) - 5)).toBeLessThan(0.15)
})

test('drawMixture gives fixed bits for a seed, and a longer draw begins with the shorter', () => {
  const z = drawMixture(MIXTURE, 3, 42)
  expect(Array.from(z)).toEqual([
    9.656103134155273, -0.09238509833812714, -8.957369804382324, 0.28129005432128906, 8.638383865356445,
    4.241361141204834,
  ])
  expect(Array.from(drawMixture(MIXTURE, 2, 42))).toEqual(Array.from(z.subarray(0, 4)))
  expect(Array.from(drawMixture(MIXTURE, 3, 43))).not.toEqual(Array.from(z))
})

test('a mixture with one covariance for all is that with the same for each component', () => {
  const each: Mixture = { ...MIXTURE, factors: [MIXTURE.factors[1], MIXTURE.factors[1]] }
  const shared: Mixture = { ...MIXTURE, factors: [MIXTURE.factors[1]] }
  const z = drawMixture(each, 50, 3)
  expect(drawMixture(shared, 50, 3)).toEqual(z)
  expect(mixtureLogDensity(shared, z)).toEqual(mixtureLogDensity(each, z))
})

test('drawMixture at temperature 0 gives the components’ means', () => {
  for (const [x, y] of pairs(drawMixture(MIXTURE, 20, 1, 0))) {
    expect([
      [-10, 0],
      [10, 3],
    ]).toContainEqual([x, y])
  }
})

describe('drawDensity', () => {
  const fitted = (mixture: Mixture, images: number) => ({
    ...mixture,
    images,
    heldOutImages: 1,
    heldOutLogLikelihood: 0,
  })
  const at = (x: number): Mixture => ({ weights: [1], means: [[x, x]], factors: [[0.1, 0, 0.1]] })
  const density: Density = {
    seed: 1,
    draws: 1,
    whole: fitted(MIXTURE, 400),
    classes: [fitted(at(0), 100), fitted(at(50), 300)],
  }

  test('drawDensity of a class, or over all classes, draws from that mixture', () => {
    expect(drawDensity(density, 1, 5, 3)).toEqual({
      z: drawMixture(at(50), 5, 3),
      classes: Uint8Array.of(1, 1, 1, 1, 1),
    })
    expect(drawDensity(density, 'whole', 5, 3)).toEqual({ z: drawMixture(MIXTURE, 5, 3), classes: null })
    expect(() => drawDensity(density, 2, 1, 3)).toThrow('class: expected an index from 0 to 1, got 2')
  })

  test('drawDensity of any class draws classes in proportion to their images, and z from the class drawn', () => {
    const { z, classes } = drawDensity(density, 'any', 4000, 3)
    expect(classes!.reduce((sum, c) => sum + c, 0) / 4000).toBeCloseTo(0.75, 1)
    pairs(z).forEach(([x], i) => {
      expect(Math.abs(x - 50 * classes![i])).toBeLessThan(1)
    })
  })
})

test('mixtureLogDensity is the log of the weighted sum of the Gaussian densities', () => {
  const points = [
    [-10, 0],
    [9, 4],
    [0, 1],
  ]
  const gaussian = ([x, y]: number[], [mx, my]: number[], [a, b, c]: [number, number, number]) => {
    const determinant = a * c - b * b
    const [dx, dy] = [x - mx, y - my]
    const squared = (c * dx * dx - 2 * b * dx * dy + a * dy * dy) / determinant
    return Math.exp(-squared / 2) / (2 * Math.PI * Math.sqrt(determinant))
  }
  const expected = points.map(point =>
    Math.log(0.25 * gaussian(point, [-10, 0], [1, 0, 0.25]) + 0.75 * gaussian(point, [10, 3], [4, 2, 5])),
  )
  mixtureLogDensity(MIXTURE, points.flat()).forEach((value, i) => {
    expect(value).toBeCloseTo(expected[i], 10)
  })
  // Where both densities underflow: the wider component alone, by its exponent; L⁻¹(z − mean) is (−505, 251).
  const [far] = mixtureLogDensity(MIXTURE, [-1000, 0])
  expect(far).toBeCloseTo(Math.log(0.75 / (2 * Math.PI * 4)) - (505 ** 2 + 251 ** 2) / 2, 6)
})

function pairs(z: Float32Array): [number, number][] {
  return Array.from({ length: z.length / 2 }, (_, i) => [z[2 * i], z[2 * i + 1]])
}
