import type { Prior } from '../card.ts'

/** How to interpolate between two points. */
export type Path = 'lerp' | 'slerp'

/** The point at fraction `t` of the straight line from `a` to `b`. */
export function lerp(a: ArrayLike<number>, b: ArrayLike<number>, t: number): Float32Array {
  return Float32Array.from(a, (from, k) => (1 - t) * from + t * b[k])
}

/**
 * Spherical interpolation (Shoemake 1985) around the prior's mean: points are whitened, u = (z − mean)/√variance,
 * rotated about the origin by an angle proportional to `t`, and transformed back. Draws of a Gaussian in many
 * dimensions lie near a sphere, and this path stays on it. If the rotation is undefined (a point at the mean, or both
 * points on one line through it), the result is that of `lerp`, as it always is for the shares of classes that follow z
 * in a point of a conditional model.
 *
 * @param a,b points of one size, D_z or D_z + classes
 * @param t from 0 (a) to 1 (b)
 */
export function slerp(a: ArrayLike<number>, b: ArrayLike<number>, t: number, prior: Prior): Float32Array {
  const whiten = (z: ArrayLike<number>) =>
    prior.mean.map((mean, k) => (z[k] - mean) / Math.sqrt(prior.variance[k]))
  const u = whiten(a)
  const v = whiten(b)
  const dot = (p: number[], q: number[]) => p.reduce((sum, value, k) => sum + value * q[k], 0)
  const norms = Math.sqrt(dot(u, u) * dot(v, v))
  const angle = norms === 0 ? 0 : Math.acos(Math.max(-1, Math.min(1, dot(u, v) / norms)))
  if (Math.sin(angle) < 1e-6) return lerp(a, b, t)
  const left = Math.sin((1 - t) * angle) / Math.sin(angle)
  const right = Math.sin(t * angle) / Math.sin(angle)
  const mixed = lerp(a, b, t)
  prior.mean.forEach((mean, k) => {
    mixed[k] = mean + Math.sqrt(prior.variance[k]) * (left * u[k] + right * v[k])
  })
  return mixed
}

/**
 * Points along the path from the first stop through the others to the last, ends included: `steps` of them, evenly
 * spaced in the number of stops passed.
 *
 * @param stops at least two points of one size
 * @param steps at least 2
 * @returns [steps, size of a point]
 */
export function walk(
  stops: readonly Float32Array[],
  steps: number,
  path: Path,
  prior: Prior,
): Float32Array<ArrayBuffer> {
  const size = stops[0].length
  const points = new Float32Array(steps * size)
  for (let i = 0; i < steps; i++) {
    const along = (i * (stops.length - 1)) / (steps - 1)
    const leg = Math.min(Math.floor(along), stops.length - 2)
    const t = along - leg
    const [a, b] = [stops[leg], stops[leg + 1]]
    // Use the ends themselves, so that a walk starts and ends exactly at its endpoints.
    const point = t === 0 ? a : t === 1 ? b : path === 'slerp' ? slerp(a, b, t, prior) : lerp(a, b, t)
    points.set(point, i * size)
  }
  return points
}

/**
 * A square grid over two latent dimensions, from `range` standard deviations of the prior below its mean to as many
 * above. Rows run from the top down, so the second dimension falls with the row as on a plot; columns from left to
 * right.
 *
 * @param options.size points a side, at least 2
 * @param options.dims the dimensions across and upwards
 * @param options.at a point that gives the other dimensions' values; the prior's mean by default
 * @returns [size·size, size of a point]
 */
export function gridPoints(
  prior: Prior,
  options: { size: number; range: number; dims?: readonly [number, number]; at?: ArrayLike<number> },
): Float32Array<ArrayBuffer> {
  const { size, range, dims: [across, up] = [0, 1], at = prior.mean } = options
  const d = at.length
  const points = new Float32Array(size * size * d)
  const along = (k: number, i: number) =>
    prior.mean[k] + Math.sqrt(prior.variance[k]) * range * ((2 * i) / (size - 1) - 1)
  for (let row = 0; row < size; row++) {
    for (let column = 0; column < size; column++) {
      const point = points.subarray((row * size + column) * d, (row * size + column + 1) * d)
      point.set(at)
      point[up] = along(up, size - 1 - row)
      point[across] = along(across, column)
    }
  }
  return points
}
