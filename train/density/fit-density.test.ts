import { expect, test } from 'vitest'
import { drawMixture, mixtureLogDensity } from '../../models/latent/density.ts'
import type { Mixture } from '../../models/latent-statistics.ts'
import { createRng, normals } from '../../models/random.ts'
import { fitDensity, narrowDensity } from './fit-density.ts'
import { fitMixture, meanLogDensity } from './fit-mixture.ts'
import { fitSharedMixture } from './fit-shared-mixture.ts'

const THREE: Mixture = {
  weights: [0.2, 0.3, 0.5],
  means: [
    [-6, 0],
    [0, 6],
    [6, -1],
  ],
  factors: [
    [1, 0.5, 0.5],
    [0.5, 0, 1.5],
    [1, -0.8, 0.6],
  ],
}

test('fitMixture of one component is the mean and the covariance of the points', () => {
  const points = Float32Array.of(0, 0, 2, 0, 0, 4, 2, 8)
  const { weights, means, factors } = fitMixture(points, 2, { components: 1, seed: 1 })
  expect(weights).toEqual([1])
  expect(means[0]).toEqual([1, 3])
  // Covariance [[1, 1], [1, 11]] (sums over 4), whose factor is [[1], [1, √10]].
  expect(factors[0][0]).toBeCloseTo(1, 5)
  expect(factors[0][1]).toBeCloseTo(1, 5)
  expect(factors[0][2]).toBeCloseTo(Math.sqrt(10), 5)
})

test('fitMixture finds the mixture that points were drawn from', () => {
  const points = drawMixture(THREE, 20_000, 5)
  const fitted = fitMixture(points, 2, { components: 3, seed: 2 })
  const order = fitted.means.map((_, k) => k).sort((a, b) => fitted.means[a][0] - fitted.means[b][0])
  order.forEach((k, i) => {
    expect(Math.abs(fitted.weights[k] - THREE.weights[i])).toBeLessThan(0.015)
    for (let c = 0; c < 2; c++) {
      expect(Math.abs(fitted.means[k][c] - THREE.means[i][c])).toBeLessThan(0.06)
    }
    for (let c = 0; c < 3; c++) {
      expect(Math.abs(fitted.factors[k][c] - THREE.factors[i][c])).toBeLessThan(0.06)
    }
  })
})

test('EM raises the likelihood in every iteration', () => {
  const points = drawMixture(THREE, 500, 9)
  const values = [1, 2, 3, 5, 8, 13].map(iterations =>
    meanLogDensity(fitMixture(points, 2, { components: 4, seed: 3, iterations, tolerance: 0 }), points),
  )
  for (let i = 1; i < values.length; i++) expect(values[i]).toBeGreaterThan(values[i - 1] - 1e-4)
})

test('fitSharedMixture of one component is that of fitMixture', () => {
  const points = drawMixture(THREE, 400, 3)
  const shared = fitSharedMixture(points, 2, { components: 1, seed: 1 })
  const full = fitMixture(points, 2, { components: 1, seed: 1 })
  shared.means[0].forEach((value, k) => {
    expect(value).toBeCloseTo(full.means[0][k], 5)
  })
  shared.factors[0].forEach((value, k) => {
    expect(value).toBeCloseTo(full.factors[0][k], 5)
  })
})

test('fitSharedMixture finds the means and the one covariance that points were drawn with', () => {
  const truth: Mixture = { ...THREE, factors: [[1, 0.5, 0.7]] }
  const fitted = fitSharedMixture(drawMixture(truth, 20_000, 5), 2, { components: 3, seed: 2 })
  expect(fitted.factors).toHaveLength(1)
  fitted.factors[0].forEach((value, c) => {
    expect(Math.abs(value - truth.factors[0][c])).toBeLessThan(0.03)
  })
  const order = fitted.means.map((_, k) => k).sort((a, b) => fitted.means[a][0] - fitted.means[b][0])
  order.forEach((k, i) => {
    expect(Math.abs(fitted.weights[k] - truth.weights[i])).toBeLessThan(0.015)
    for (let c = 0; c < 2; c++) expect(Math.abs(fitted.means[k][c] - truth.means[i][c])).toBeLessThan(0.06)
  })
})

test('EM with a shared covariance raises the likelihood in every iteration', () => {
  const points = drawMixture(THREE, 500, 9)
  const values = [1, 2, 3, 5, 8, 13].map(iterations =>
    meanLogDensity(fitSharedMixture(points, 2, { components: 6, seed: 3, iterations, tolerance: 0 }), points),
  )
  for (let i = 1; i < values.length; i++) expect(values[i]).toBeGreaterThan(values[i - 1] - 1e-4)
})

test('fitDensity fits the classes apart, each with the components that held-out draws ask for', () => {
  const classes = [{ weights: [1], means: [[20, 20]], factors: [[1, 0, 1]] }, THREE] satisfies Mixture[]
  const posteriors = (n: number, seed: number) => {
    const mu = new Float32Array(2 * n * classes.length)
    classes.forEach((mixture, c) => {
      mu.set(drawMixture(mixture, n, seed + c), 2 * n * c)
    })
    const labels = Uint8Array.from({ length: n * classes.length }, (_, i) => Math.floor(i / n))
    return { mu, logvar: new Float32Array(mu.length).fill(-12), labels }
  }
  const density = fitDensity(posteriors(3000, 1), posteriors(1500, 50), {
    latentDim: 2,
    classes: 2,
    seed: 1,
    components: [1, 3, 10],
  })
  expect(density.classes.map(({ weights }) => weights.length)).toEqual([1, 3])
  expect(density.classes.map(({ images, heldOutImages }) => [images, heldOutImages])).toEqual([
    [3000, 1500],
    [3000, 1500],
  ])
  expect(density.whole.images).toBe(6000)
  // The entropy of a standard normal in two dimensions is 1 + ln 2π nats.
  expect(Math.abs(density.classes[0].heldOutLogLikelihood! + 1 + Math.log(2 * Math.PI))).toBeLessThan(0.1)
  const truth = drawMixture(THREE, 4000, 77)
  const entropy = -mixtureLogDensity(THREE, truth).reduce((sum, value) => sum + value, 0) / 4000
  expect(Math.abs(density.classes[1].heldOutLogLikelihood! + entropy)).toBeLessThan(0.15)
})

test('fitDensity fits draws from the posteriors, not their means', () => {
  const n = 4000
  const mu = normals(createRng(1), new Float32Array(n))
  const logvar = new Float32Array(n).fill(Math.log(3))
  const { whole, classes } = fitDensity(
    { mu, logvar, labels: null },
    { mu, logvar, labels: null },
    { latentDim: 1, classes: 0, seed: 1, components: [1] },
  )
  expect(classes).toEqual([])
  expect(whole.factors[0][0]).toBeCloseTo(2, 1)
})

test('classes with few images, none held out or none at all get one Gaussian, shrunk towards that of all', () => {
  const points = normals(createRng(4), new Float32Array(2 * 1000)).map((value, i) => value * (i % 2 ? 1 : 3))
  // Class 0 has all but the last point, which is moved far away; class 2 has none.
  points.set([30, -40], 1998)
  const labels = Uint8Array.from({ length: 1000 }, (_, i) => (i === 999 ? 1 : 0))
  const fitted = { mu: points, logvar: null, labels }
  const heldOut = { mu: points.slice(0, 200), logvar: null, labels: labels.slice(0, 100) }
  const { whole, classes } = fitDensity(fitted, heldOut, {
    latentDim: 2,
    classes: 3,
    seed: 1,
    components: [1],
  })
  const [, few, none] = classes
  expect(few).toMatchObject({ weights: [1], means: [[30, -40]], images: 1, heldOutImages: 0 })
  expect(few.heldOutLogLikelihood).toBeUndefined()
  // One draw of its own, with no variance, counts 1; the covariance of all counts 2 · 2.
  few.factors[0].forEach((value, i) => {
    expect(value).toBeCloseTo(whole.factors[0][i] * Math.sqrt(4 / 5), 2)
  })
  expect(none).toMatchObject({ means: whole.means, factors: whole.factors, images: 0 })
})

test('a density without images to fit to or to hold out is an error', () => {
  const some = { mu: new Float32Array(20), logvar: null, labels: null }
  const none = { mu: new Float32Array(), logvar: null, labels: null }
  expect(() => fitDensity(some, none, { latentDim: 2, classes: 0, seed: 1 })).toThrow(
    'density of all images: expected images to fit to and to hold out, got 10 and 0',
  )
})

test('narrowDensity multiplies the standard deviations of every mixture and keeps means and weights', () => {
  const fitted = { ...THREE, images: 3, heldOutImages: 2, heldOutLogLikelihood: -1 }
  const density = { seed: 1, draws: 2, whole: fitted, classes: [fitted] }
  const narrow = narrowDensity(density, 0.5)
  expect(narrow.spread).toBe(0.5)
  for (const mixture of [narrow.whole, ...narrow.classes]) {
    expect(mixture.factors[1]).toEqual([0.25, 0, 0.75])
    expect([mixture.weights, mixture.means]).toEqual([THREE.weights, THREE.means])
  }
  expect(() => narrowDensity(density, 1.5)).toThrow('spread: expected a number above 0, at most 1, got 1.5')
})
