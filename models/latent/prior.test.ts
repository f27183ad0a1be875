import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Prior } from '../card.ts'
import { createRng, normals } from '../random.ts'
import { fromPrior, klPerDimension, standardPrior } from './prior.ts'

/** The paper's four. */
const priors: Prior[] = [
  { mean: [0, 0], variance: [1, 1] },
  { mean: [5, 10], variance: [1, 1] },
  { mean: [0, 0], variance: [1, 3] },
  { mean: [2, 5], variance: [3, 1] },
]

const posteriors = [
  { mu: [0, 0], logvar: [0, 0] },
  { mu: [1.5, -0.3], logvar: [-2, 1] },
  { mu: [5, 10], logvar: [Math.log(3), -6] },
  { mu: [-4, 7], logvar: [-8, 2] },
]

describe('KL to a prior', () => {
  test.each(priors.flatMap(prior => posteriors.map(posterior => [prior, posterior] as const)))(
    'the KL to %j of %j is the integral of q ln(q/p)',
    (prior, { mu, logvar }) => {
      const kl = klPerDimension(mu, logvar, prior)
      expect(kl).toHaveLength(2)
      kl.forEach((value, k) => {
        const expected = integrateKl(mu[k], Math.exp(logvar[k]), prior.mean[k], prior.variance[k])
        expect(Math.abs(value - expected)).toBeLessThan(1e-9 * Math.max(1, expected))
      })
    },
  )

  test.each(priors)('the KL to a prior is 0 at the prior %j', prior => {
    for (const value of klPerDimension(prior.mean, prior.variance.map(Math.log), prior)) {
      expect(Math.abs(value)).toBeLessThan(1e-15)
    }
  })

  test('the KL to a prior is never negative, and is 0 only at the prior', () => {
    const finite = (min: number, max: number) => fc.double({ min, max, noNaN: true })
    fc.assert(
      fc.property(
        finite(-30, 30),
        finite(-20, 20),
        finite(-30, 30),
        finite(-20, 20),
        (mu, logvar, mean, lnVariance) => {
          const prior = { mean: [mean], variance: [Math.exp(lnVariance)] }
          const [kl] = klPerDimension([mu], [logvar], prior)
          // Terms of order 1 cancel near the prior, which leaves a few float64 roundings.
          expect(kl).toBeGreaterThanOrEqual(-1e-14 * (1 + Math.abs(logvar) + Math.abs(lnVariance)))
          if (Math.abs(logvar - lnVariance) > 1e-3) expect(kl).toBeGreaterThan(0)
        },
      ),
      { numRuns: 2000 },
    )
  })
})

test('draws from a prior have its mean and variance, widened by temperature', () => {
  const prior = priors[3]
  const n = 50_000
  const eps = normals(createRng(1, 'prior'), new Float32Array(n * 2))
  for (const temperature of [1, 0.5]) {
    const z = fromPrior(prior, eps, temperature)
    for (const k of [0, 1]) {
      const values = Array.from({ length: n }, (_, i) => z[i * 2 + k])
      const mean = values.reduce((a, b) => a + b) / n
      const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / n
      const expected = temperature ** 2 * prior.variance[k]
      // Four standard errors.
      expect(Math.abs(mean - prior.mean[k])).toBeLessThan(4 * Math.sqrt(expected / n))
      expect(Math.abs(variance / expected - 1)).toBeLessThan(4 * Math.sqrt(2 / n))
    }
  }
  expect(fromPrior(standardPrior(2), eps)).toEqual(eps)
})

test('a prior without as many variances as means, or with one that is not positive, is refused', () => {
  expect(Prior.safeParse({ mean: [0, 0], variance: [1] }).success).toBe(false)
  expect(Prior.safeParse({ mean: [0], variance: [0] }).success).toBe(false)
  expect(Prior.safeParse({ mean: [], variance: [] }).success).toBe(false)
  expect(Prior.safeParse(standardPrior(3)).success).toBe(true)
})

/** ∫ q ln(q/p) over twelve standard deviations of q each way, by Simpson's rule. */
function integrateKl(mu: number, s2: number, mean: number, variance: number): number {
  const logNormal = (z: number, m: number, v: number) => -(Math.log(2 * Math.PI * v) + (z - m) ** 2 / v) / 2
  const steps = 2000
  const h = (24 * Math.sqrt(s2)) / steps
  let total = 0
  for (let i = 0; i <= steps; i++) {
    const z = mu + (i - steps / 2) * h
    const weight = i === 0 || i === steps ? 1 : i % 2 === 1 ? 4 : 2
    const logQ = logNormal(z, mu, s2)
    total += weight * Math.exp(logQ) * (logQ - logNormal(z, mean, variance))
  }
  return (total * h) / 3
}
