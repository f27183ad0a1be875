import { mixtureLogDensity } from '../../models/latent/density.ts'
import type { Mixture } from '../../models/latent-statistics.ts'
import { createRng, type Uniform } from '../../models/random.ts'

/** Options of `fitMixture`. */
export interface FitMixtureOptions {
  /** K, at most the number of points. */
  components: number
  seed: number
  /** Most EM iterations. Default 60. */
  iterations?: number
  /** EM ends when an iteration raises the mean log-likelihood by less, nats a point. Default 1e-3. */
  tolerance?: number
}

/** Added to the variances of every component, so that one that covers few points stays a density. */
const RIDGE = 1e-6
/** A point's share in a component below this is left out of that component's sums. */
const NEGLIGIBLE = 1e-8

/**
 * Fits a Gaussian mixture with full covariances by expectation-maximisation (Dempster et al. 1977), from means chosen
 * by k-means++ (Arthur & Vassilvitskii 2007) and the covariance of all points divided by K^(2/d).
 *
 * @param points [n, d], row-major
 * @throws RangeError when there are fewer points than components
 */
export function fitMixture(
  points: Float32Array,
  d: number,
  { components, seed, iterations = 60, tolerance = 1e-3 }: FitMixtureOptions,
): Mixture {
  const n = points.length / d
  requireComponents(components, n)
  let mixture = initialMixture(points, d, components, createRng(seed, 'mixture'))
  let before = -Infinity
  for (let i = 0; i < iterations; i++) {
    const { logLikelihood, shares } = expectation(points, d, mixture)
    mixture = maximization(points, d, shares, mixture)
    if (logLikelihood - before < tolerance) break
    before = logLikelihood
  }
  return mixture
}

/** @throws RangeError when there are fewer points than components */
export function requireComponents(components: number, n: number): void {
  if (components <= n) return
  throw new RangeError(`components: expected at most ${n}, the number of points, got ${components}`)
}

/** The mean log density of points under a mixture, nats. */
export function meanLogDensity(mixture: Mixture, points: Float32Array): number {
  const values = mixtureLogDensity(mixture, points)
  return values.reduce((sum, value) => sum + value, 0) / values.length
}

function initialMixture(points: Float32Array, d: number, components: number, rng: Uniform): Mixture {
  const n = points.length / d
  const everything = moments(points, d, new Float64Array(n).fill(1), n)
  const means = spreadPoints(points, d, components, rng)
  const shrink = components ** (-1 / d)
  const factor = choleskyRows(everything.covariance, d).map(value => value * shrink)
  return {
    weights: means.map(() => 1 / components),
    means: components === 1 ? [everything.mean] : means,
    factors: means.map(() => factor),
  }
}

/** k-means++: points, each chosen with a probability in proportion to the squared distance from those before it. */
export function spreadPoints(points: Float32Array, d: number, count: number, rng: Uniform): number[][] {
  const n = points.length / d
  const at = (i: number) => Array.from(points.subarray(i * d, (i + 1) * d))
  const chosen = [at(Math.floor(rng() * n))]
  const nearest = new Float64Array(n).fill(Infinity)
  while (chosen.length < count) {
    const last = chosen[chosen.length - 1]
    let total = 0
    for (let i = 0; i < n; i++) {
      let distance = 0
      for (let k = 0; k < d; k++) distance += (points[i * d + k] - last[k]) ** 2
      nearest[i] = Math.min(nearest[i], distance)
      total += nearest[i]
    }
    let target = rng() * total
    let i = 0
    while (i < n - 1 && (target -= nearest[i]) > 0) i++
    chosen.push(at(i))
  }
  return chosen
}

/** A term this much below the largest of its point, nats, adds nothing to a float64 sum. */
const OUT_OF_REACH = 40

/** Each point's share in each component, [K][n], and the mean log-likelihood of the points. */
function expectation(points: Float32Array, d: number, { weights, means, factors }: Mixture) {
  const n = points.length / d
  const solved = new Float64Array(d)
  const largest = new Float64Array(n).fill(-Infinity)
  const shares = weights.map((weight, k) => {
    let logDeterminant = 0
    for (let row = 0, at = 0; row < d; row++, at += row + 1) logDeterminant += Math.log(factors[k][at])
    const constant = Math.log(weight) - logDeterminant - (d / 2) * Math.log(2 * Math.PI)
    const [mean, factor] = [Float64Array.from(means[k]), Float64Array.from(factors[k])]
    const terms = new Float64Array(n)
    for (let i = 0; i < n; i++) {
      const limit = 2 * (constant - largest[i] + OUT_OF_REACH)
      terms[i] = constant - 0.5 * distanceWithin(limit, points, i * d, mean, factor, solved)
      if (terms[i] > largest[i]) largest[i] = terms[i]
    }
    return terms
  })
  let total = 0
  for (let i = 0; i < n; i++) {
    let sum = 0
    for (const terms of shares) sum += terms[i] = Math.exp(terms[i] - largest[i])
    for (const terms of shares) terms[i] /= sum
    total += largest[i] + Math.log(sum)
  }
  return { shares, logLikelihood: total / n }
}

/**
 * |L⁻¹(point − mean)|² by forward substitution, for the point at `offset`; infinite as soon as it exceeds `limit`, which
 * spares most of the work for components far from the point.
 */
function distanceWithin(
  limit: number,
  points: Float32Array,
  offset: number,
  mean: Float64Array,
  factor: Float64Array,
  solved: Float64Array,
): number {
  let total = 0
  for (let row = 0, at = 0; row < mean.length; row++) {
    let rest = points[offset + row] - mean[row]
    for (let column = 0; column < row; column++) rest -= factor[at++] * solved[column]
    const value = rest / factor[at++]
    solved[row] = value
    total += value * value
    if (total > limit) return Infinity
  }
  return total
}

function maximization(points: Float32Array, d: number, shares: Float64Array[], before: Mixture): Mixture {
  const n = points.length / d
  const mixture: Mixture = { weights: [], means: [], factors: [] }
  shares.forEach((share, k) => {
    const weight = share.reduce((sum, value) => sum + value, 0)
    // A component that lost its points keeps its place with next to no weight.
    const covers = weight > d + 1
    const { mean, covariance } = covers
      ? moments(points, d, share, weight)
      : { mean: before.means[k], covariance: null }
    mixture.weights.push(Math.max(weight, 1e-6) / n)
    mixture.means.push(mean)
    mixture.factors.push(covariance ? choleskyRows(covariance, d) : before.factors[k])
  })
  const total = mixture.weights.reduce((sum, weight) => sum + weight, 0)
  return { ...mixture, weights: mixture.weights.map(weight => weight / total) }
}

/** Weighted mean [d] and covariance, its lower triangle row by row [d·(d + 1)/2]; `weight` is the sum of the shares. */
export function moments(points: Float32Array, d: number, share: Float64Array, weight: number) {
  const sum = new Float64Array(d)
  for (let i = 0; i < share.length; i++) {
    if (share[i] < NEGLIGIBLE) continue
    for (let k = 0; k < d; k++) sum[k] += share[i] * points[i * d + k]
  }
  const mean = Array.from(sum, value => value / weight)
  const covariance = new Float64Array((d * (d + 1)) / 2)
  const deviation = new Float64Array(d)
  for (let i = 0; i < share.length; i++) {
    if (share[i] < NEGLIGIBLE) continue
    for (let k = 0; k < d; k++) deviation[k] = points[i * d + k] - mean[k]
    for (let row = 0, at = 0; row < d; row++) {
      const scaled = share[i] * deviation[row]
      for (let column = 0; column <= row; column++) covariance[at++] += scaled * deviation[column]
    }
  }
  for (let at = 0; at < covariance.length; at++) covariance[at] /= weight
  return { mean, covariance }
}

/** The lower-triangular L with L·Lᵀ = covariance + RIDGE·I (Cholesky–Banachiewicz), both row by row. */
export function choleskyRows(covariance: Float64Array, d: number): number[] {
  const factor = new Array<number>(covariance.length)
  const start = (row: number) => (row * (row + 1)) / 2
  for (let row = 0; row < d; row++) {
    for (let column = 0; column <= row; column++) {
      let rest = covariance[start(row) + column] + (row === column ? RIDGE : 0)
      for (let k = 0; k < column; k++) rest -= factor[start(row) + k] * factor[start(column) + k]
      factor[start(row) + column] =
        row === column ? Math.sqrt(Math.max(rest, RIDGE)) : rest / factor[start(column) + column]
    }
  }
  return factor
}
