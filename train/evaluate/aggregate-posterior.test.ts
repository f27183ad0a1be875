import { expect, test } from 'vitest'
import { klPerDimension, standardPrior } from '../../models/latent/prior.ts'
import { createRng, normals } from '../../models/random.ts'
import { measureAggregatePosterior } from './aggregate-posterior.ts'

test('with one posterior for all images, the KL to the prior is its closed form', async () => {
  const prior = { mean: [1, -2], variance: [0.5, 3] }
  const posterior = { mu: [1.5, -1], logvar: [-1, 0.3] }
  const repeat = (values: number[]) => Float32Array.from({ length: 20 }, (_, i) => values[i % 2])
  const all = { mu: repeat(posterior.mu), logvar: repeat(posterior.logvar) }
  const { klToPrior, standardError } = await measureAggregatePosterior(all, all, prior, 1)
  const closed = klPerDimension(posterior.mu, posterior.logvar, prior).reduce((sum, value) => sum + value, 0)
  expect(Math.abs(klToPrior - closed)).toBeLessThan(4 * standardError)
  expect(standardError).toBeLessThan(0.05)
})

test('if the posteriors make up the prior, as many draws from the prior are outside as draws for held-out images', async () => {
  // Means N(0, 0.75) and variances 0.25 make N(0, 1).
  const posteriors = (seed: number) => ({
    mu: normals(createRng(seed), new Float32Array(20_000)).map(value => value * Math.sqrt(0.75)),
    logvar: new Float32Array(20_000).fill(Math.log(0.25)),
  })
  const result = await measureAggregatePosterior(posteriors(1), posteriors(2), standardPrior(2), 3)
  expect(result.images).toBe(10_000)
  expect(Math.abs(result.klToPrior)).toBeLessThan(0.03)
  expect(result.priorOutside).toBeLessThan(0.05)
  expect(Math.abs(result.priorOutside - result.heldOutOutside)).toBeLessThan(0.012)
})

test('a posterior far narrower than the prior leaves outside the share of the prior beyond its range', async () => {
  // q(z) = N(0, 0.01): 5,000 draws lie within about 0.37, where the standard normal has 29%.
  const all = { mu: new Float32Array(50), logvar: new Float32Array(50).fill(Math.log(0.01)) }
  const { klToPrior, priorOutside, heldOutOutside } = await measureAggregatePosterior(
    all,
    all,
    standardPrior(1),
    5,
  )
  expect(Math.abs(priorOutside - 0.71)).toBeLessThan(0.04)
  expect(heldOutOutside).toBeLessThan(0.03)
  expect(Math.abs(klToPrior - (Math.log(10) + 0.005 - 0.5))).toBeLessThan(0.06)
})

test('with posteriors far apart the KL to the prior is the mean KL less ln n, its least value', async () => {
  // Hoffman and Johnson 2016: KL(q(z) || p(z)) is the mean of KL(q(z|x) || p(z)) less the mutual information of z and x,
  // which is ln n where z tells which image it came from.
  const n = 50
  const all = {
    mu: normals(createRng(4), new Float32Array(n * 20)).map(value => 3 * value),
    logvar: new Float32Array(n * 20).fill(-4),
  }
  const prior = standardPrior(20)
  let mean = 0
  for (let i = 0; i < n; i++) {
    const row = [all.mu, all.logvar].map(values => values.subarray(i * 20, (i + 1) * 20))
    mean += klPerDimension(row[0], row[1], prior).reduce((sum, value) => sum + value, 0) / n
  }
  const { klToPrior, standardError, priorOutside } = await measureAggregatePosterior(all, all, prior, 2)
  expect(Math.abs(klToPrior - (mean - Math.log(n)))).toBeLessThan(4 * standardError + 0.01)
  expect(priorOutside).toBeGreaterThan(0.99)
})
