import type { Mixture } from '../../models/latent-statistics.ts'
import { createRng } from '../../models/random.ts'
import {
  choleskyRows,
  type FitMixtureOptions,
  moments,
  requireComponents,
  spreadPoints,
} from './fit-mixture.ts'

/** A point's share in a component below this is left out of that component's mean. */
const NEGLIGIBLE = 1e-6

/**
 * Fits a Gaussian mixture whose components share one full covariance, by expectation-maximisation. Its many means follow
 * a curved cloud of points with fewer numbers than a covariance for each component takes.
 *
 * With covariance S = L·Lᵀ the distances (x − m)ᵀS⁻¹(x − m) are Euclidean between L⁻¹x and L⁻¹m, and the new covariance is
 * the mean of x·xᵀ less the weighted mean of m·mᵀ.
 *
 * @param points [n, d], row-major
 * @returns a mixture with a single factor, that of all components
 * @throws RangeError when there are fewer points than components
 */
export function fitSharedMixture(
  points: Float32Array,
  d: number,
  { components, seed, iterations = 40, tolerance = 1e-3 }: FitMixtureOptions,
): Mixture {
  const n = points.length / d
  requireComponents(components, n)
  const all = moments(points, d, new Float64Array(n).fill(1), n)
  const centred = points.map((value, i) => value - all.mean[i % d])
  const shrink = components ** (-2 / d)
  let means = spreadPoints(centred, d, components, createRng(seed, 'mixture'))
  if (components === 1) means = [new Array(d).fill(0)]
  let covariance: Float64Array = all.covariance.map(value => value * shrink)
  let weights = means.map(() => 1 / components)
  let before = -Infinity
  for (let i = 0; i < iterations; i++) {
    const step = expectAndAverage(centred, d, { weights, means, factors: [choleskyRows(covariance, d)] })
    weights = step.weights
    means = step.means
    covariance = withinCovariance(all.covariance, weights, means)
    if (step.logLikelihood - before < tolerance) break
    before = step.logLikelihood
  }
  return {
    weights,
    means: means.map(mean => mean.map((value, k) => value + all.mean[k])),
    factors: [choleskyRows(covariance, d)],
  }
}

/** The E step, and of the M step the weights and means. */
function expectAndAverage(points: Float32Array, d: number, { weights, means, factors: [factor] }: Mixture) {
  const n = points.length / d
  const x = whiten(points, d, factor)
  const m = whiten(Float32Array.from(means.flat()), d, factor)
  let constant = -(d / 2) * Math.log(2 * Math.PI)
  for (let row = 0, at = 0; row < d; row++, at += row + 1) constant -= Math.log(factor[at])
  const logWeights = weights.map(Math.log)
  const terms = new Float64Array(weights.length)
  const counts = new Float64Array(weights.length)
  const sums = new Float64Array(weights.length * d)
  let logLikelihood = 0
  for (let i = 0; i < n; i++) {
    let largest = -Infinity
    for (let k = 0; k < terms.length; k++) {
      let distance = 0
      for (let c = 0; c < d; c++) distance += (x[i * d + c] - m[k * d + c]) ** 2
      terms[k] = logWeights[k] - 0.5 * distance
      if (terms[k] > largest) largest = terms[k]
    }
    let total = 0
    for (let k = 0; k < terms.length; k++) total += terms[k] = Math.exp(terms[k] - largest)
    logLikelihood += constant + largest + Math.log(total)
    for (let k = 0; k < terms.length; k++) {
      const share = terms[k] / total
      if (share < NEGLIGIBLE) continue
      counts[k] += share
      for (let c = 0; c < d; c++) sums[k * d + c] += share * points[i * d + c]
    }
  }
  const covered = counts.reduce((sum, count) => sum + count, 0)
  return {
    logLikelihood: logLikelihood / n,
    // A component that lost its points keeps its place with next to no weight.
    weights: Array.from(counts, count => Math.max(count, 1e-6) / covered),
    means: means.map((mean, k) =>
      counts[k] < 1e-6 ? mean : mean.map((_, c) => sums[k * d + c] / counts[k]),
    ),
  }
}

/** The covariance within components, its lower triangle row by row, for points whose mean is 0. */
function withinCovariance(covariance: Float64Array, weights: number[], means: number[][]): Float64Array {
  const within = covariance.slice()
  means.forEach((mean, k) => {
    for (let row = 0, at = 0; row < mean.length; row++) {
      for (let column = 0; column <= row; column++) within[at++] -= weights[k] * mean[row] * mean[column]
    }
  })
  return within
}

/** L⁻¹x of each row by forward substitution. */
function whiten(rows: Float32Array, d: number, factor: number[]): Float64Array {
  const solved = new Float64Array(rows.length)
  for (let from = 0; from < rows.length; from += d) {
    for (let row = 0, at = 0; row < d; row++) {
      let rest = rows[from + row]
      for (let column = 0; column < row; column++) rest -= factor[at++] * solved[from + column]
      solved[from + row] = rest / factor[at++]
    }
  }
  return solved
}
