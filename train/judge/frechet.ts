import { cholesky } from '../../models/latent/draws.ts'
import { symmetricEigenvalues } from './symmetric-eigenvalues.ts'

/** Mean [d] and covariance [d, d] of some vectors. */
export interface Gaussian {
  mean: Float64Array
  covariance: Float64Array[]
}

/**
 * Mean and unbiased covariance (divided by n − 1) of rows.
 *
 * @param rows [n, d], row-major; n at least 2
 */
export function fitGaussian(rows: Float32Array, d: number): Gaussian {
  const n = rows.length / d
  if (!(n >= 2)) throw new RangeError(`fitGaussian: expected at least 2 rows, got ${n}`)
  const mean = new Float64Array(d)
  for (let i = 0; i < rows.length; i++) mean[i % d] += rows[i] / n
  const covariance = Array.from({ length: d }, () => new Float64Array(d))
  const deviation = new Float64Array(d)
  for (let from = 0; from < rows.length; from += d) {
    for (let i = 0; i < d; i++) deviation[i] = rows[from + i] - mean[i]
    for (let i = 0; i < d; i++) {
      const scaled = deviation[i] / (n - 1)
      if (scaled === 0) continue
      for (let j = 0; j <= i; j++) covariance[i][j] += scaled * deviation[j]
    }
  }
  for (let i = 0; i < d; i++) for (let j = 0; j < i; j++) covariance[j][i] = covariance[i][j]
  return { mean, covariance }
}

/**
 * The Fréchet distance of two Gaussians (Dowson & Landau 1982), squared as FID is stated (Heusel et al. 2017):
 * |m₁ − m₂|² + tr(S₁ + S₂ − 2·(S₁S₂)^½).
 *
 * S₁S₂ is similar to the symmetric LᵀS₂L with LLᵀ = S₁, whose eigenvalues are real and not negative; the trace of the
 * root is the sum of their roots.
 */
export function frechetDistance(a: Gaussian, b: Gaussian): number {
  const d = a.mean.length
  if (b.mean.length !== d) {
    throw new RangeError(`frechetDistance: expected ${d} dimensions, got ${b.mean.length}`)
  }
  const lower = cholesky(a.covariance.map(row => Array.from(row)))
  // First S₂L, then Lᵀ(S₂L); L is zero above its diagonal.
  const right = Array.from({ length: d }, (_, i) =>
    Float64Array.from({ length: d }, (_, j) => {
      let sum = 0
      for (let k = j; k < d; k++) sum += b.covariance[i][k] * lower[k][j]
      return sum
    }),
  )
  const similar = Array.from({ length: d }, (_, i) =>
    Float64Array.from({ length: d }, (_, j) => {
      let sum = 0
      for (let k = i; k < d; k++) sum += lower[k][i] * right[k][j]
      return sum
    }),
  )
  const rootTrace = symmetricEigenvalues(similar).reduce(
    (sum, value) => sum + Math.sqrt(Math.max(0, value)),
    0,
  )
  let distance = -2 * rootTrace
  for (let i = 0; i < d; i++) {
    distance += (a.mean[i] - b.mean[i]) ** 2 + a.covariance[i][i] + b.covariance[i][i]
  }
  return Math.max(0, distance)
}
