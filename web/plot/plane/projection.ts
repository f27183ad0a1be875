import type { Card, Prior } from '../../../models/card.ts'

/** A plane through latent space: an origin and two orthonormal directions. */
export interface Projection {
  /** Two rows of [D_z]. */
  directions: readonly [readonly number[], readonly number[]]
  /** The point shown at (0, 0), [D_z]: zero for coordinate axes, the mean of mu for principal directions. */
  origin: readonly number[]
  /** Names of the axes. */
  names: readonly [string, string]
}

/**
 * Parses a plane such as "0,1" or "principal". '' stands for the first two dimensions of a space of at most two
 * dimensions, and for the principal directions, which show most of the variation, of a larger one.
 */
export function projectionOf(axes: string, card: Card): Projection {
  const d = card.architecture.latentDim
  if ((axes === 'principal' || axes === '') && d > 2) return principal(card)
  const [a, b] = axes.split(',').map(Number)
  const valid = (k: number) => Number.isInteger(k) && k >= 0 && k < d
  const [across, up] = valid(a) && valid(b) && a !== b ? [a, b] : [0, Math.min(1, d - 1)]
  return axesProjection(d, [across, up])
}

/** The plane of two latent dimensions, counted from 0. If D_z is 1, the plane of that dimension alone. */
export function axesProjection(d: number, [across, up]: readonly [number, number]): Projection {
  const unit = (k: number) => Array.from({ length: d }, (_, i) => (i === k ? 1 : 0))
  return {
    directions: [unit(across), d === 1 ? [0] : unit(up)],
    origin: Array<number>(d).fill(0),
    names: [`z${subscript(across + 1)}`, d === 1 ? '' : `z${subscript(up + 1)}`],
  }
}

/** Writes a number in subscript digits. */
export function subscript(n: number): string {
  return String(n).replace(/\d/g, digit => '₀₁₂₃₄₅₆₇₈₉'[Number(digit)])
}

function principal(card: Card): Projection {
  const first = largestEigenvector(card.latent.whole.covariance)
  const rest = card.latent.whole.covariance.map((row, i) =>
    row.map((value, j) => value - first.value * first.vector[i] * first.vector[j]),
  )
  const second = largestEigenvector(rest)
  return {
    directions: [first.vector, second.vector],
    origin: card.latent.whole.mean,
    names: ['1st principal direction', '2nd principal direction'],
  }
}

/**
 * The largest eigenvalue of a symmetric positive semi-definite matrix, and its unit eigenvector, by power iteration.
 */
export function largestEigenvector(matrix: readonly (readonly number[])[]): {
  value: number
  vector: number[]
} {
  let vector = matrix.map((_, i) => 1 + i / matrix.length)
  let value = 0
  for (let step = 0; step < 500; step++) {
    const next = matrix.map(row => row.reduce((sum, entry, j) => sum + entry * vector[j], 0))
    value = Math.hypot(...next)
    if (value === 0) break
    vector = next.map(entry => entry / value)
  }
  const length = Math.hypot(...vector)
  // An eigenvector's sign is arbitrary. Make its largest component positive, so that the plane is never mirrored.
  const peak = vector.reduce((most, entry) => (Math.abs(entry) > Math.abs(most) ? entry : most), 0)
  return { value, vector: vector.map(entry => (entry * Math.sign(peak || 1)) / length) }
}

/** Projects points [n, D_z] onto the plane: [n, 2]. */
export function project(projection: Projection, z: Float32Array): Float32Array {
  const { directions, origin } = projection
  const d = origin.length
  const n = z.length / d
  const out = new Float32Array(n * 2)
  for (let i = 0; i < n; i++) {
    for (let axis = 0; axis < 2; axis++) {
      let sum = 0
      for (let k = 0; k < d; k++) sum += directions[axis][k] * (z[i * d + k] - origin[k])
      out[i * 2 + axis] = sum
    }
  }
  return out
}

/** The point at (u, v) on the plane that agrees with `z` in all directions off the plane. */
export function moveTo(projection: Projection, z: Float32Array, u: number, v: number): Float32Array {
  const [here, there] = project(projection, z)
  const [across, up] = projection.directions
  return z.map((value, k) => value + (u - here) * across[k] + (v - there) * up[k])
}

/** A Gaussian on the plane: its mean [2], and its covariance as [xx, xy, yy]. */
export interface Gaussian2 {
  mean: [number, number]
  covariance: [number, number, number]
}

/** The projection of a diagonal Gaussian onto the plane. */
export function projectGaussian(projection: Projection, { mean, variance }: Prior): Gaussian2 {
  const [a, b] = projection.directions
  const along = (p: readonly number[], q: readonly number[]) =>
    variance.reduce((sum, value, k) => sum + p[k] * q[k] * value, 0)
  const [u, v] = project(projection, Float32Array.from(mean))
  return { mean: [u, v], covariance: [along(a, a), along(a, b), along(b, b)] }
}
