import type { Card, Moments, Prior } from './card.ts'
import { fromPrior } from './prior.ts'
import { createRng, normals } from './random.ts'

/*
 * Where points of the latent space come from: draws, endpoints as people write them, paths and grids. Every array of
 * points is a Float32Array, row-major, [points, D_z]; arithmetic is in float64 and stored as float32. Draws use only
 * operations that IEEE 754 rounds alike everywhere, so the same arguments give the same bits on every engine.
 */

/** What of a card this file needs. */
export type LatentSpace = Pick<Card, 'prior' | 'latent'> & { dataset: Pick<Card['dataset'], 'classes'> }

/** One point of the latent space: a draw from the prior, the mean of a class (index or name), or coordinates. */
export type Endpoint = { seed: number } | { class: number | string } | { z: readonly number[] }

/** How to get from one point to the next. */
export type Path = 'lerp' | 'slerp'

/** A RangeError that says which value was wrong, for messages that point at a field of a form or a URL. */
export type ValueError = RangeError & { field: string; expected: string; got: string }

/** A ValueError with the message "field: expected …, got …". */
export function valueError(field: string, expected: string, got: unknown): ValueError {
  const seen = typeof got === 'string' ? JSON.stringify(got) : got === undefined ? 'nothing' : String(got)
  return Object.assign(new RangeError(`${field}: expected ${expected}, got ${seen}`), {
    field,
    expected,
    got: seen,
  })
}

/** Whether `error` came from `valueError`. */
export function isValueError(error: unknown): error is ValueError {
  return error instanceof RangeError && 'field' in error && 'expected' in error
}

/** Standard normals [n, D_z]. The label has the seed hashed, so that small and neighbouring seeds differ at once. */
function noise(n: number, latentDim: number, seed: number): Float32Array {
  return normals(createRng(seed, 'latent'), new Float32Array(n * latentDim))
}

/**
 * Draws from the prior. A longer draw starts with the shorter one's points.
 *
 * @param temperature widens (> 1) or narrows the prior's standard deviation; 0 gives its mean
 * @returns [n, D_z]
 * @throws RangeError when the seed is not an integer from 0 to 4294967295
 */
export function drawPrior(prior: Prior, n: number, seed: number, temperature = 1): Float32Array {
  return fromPrior(prior, noise(n, prior.mean.length, seed), temperature)
}

/**
 * Draws from the Gaussian with a class's moments: z = mean + temperature·L·eps with L·Lᵀ = covariance. It takes the
 * same eps as `drawPrior` with that seed.
 *
 * @returns [n, D_z]
 * @throws RangeError when the seed is not an integer from 0 to 4294967295
 * @throws ValueError when the class had no training images
 */
export function drawClass(moments: Moments, n: number, seed: number, temperature = 1): Float32Array {
  requireImages(moments, 'class')
  const d = moments.mean.length
  const eps = noise(n, d, seed)
  const lower = cholesky(moments.covariance)
  return eps.map((_, i) => {
    const row = i - (i % d)
    let sum = 0
    for (let k = 0; k <= i % d; k++) sum += lower[i % d][k] * eps[row + k]
    return moments.mean[i % d] + temperature * sum
  })
}

/** A class that no training image belongs to has no place in the latent space. */
function requireImages({ images }: Moments, field: string): void {
  if (images === 0) throw valueError(field, 'a class that had training images', 'one that had none')
}

/**
 * The lower triangle L with L·Lᵀ = `covariance` (Cholesky–Banachiewicz). A direction without variance, as a collapsed
 * latent dimension has, gets a zero column instead of an error.
 *
 * @param covariance symmetric and positive semi-definite, [d, d]
 */
export function cholesky(covariance: readonly (readonly number[])[]): number[][] {
  const lower: number[][] = covariance.map(row => row.map(() => 0))
  for (let i = 0; i < covariance.length; i++) {
    for (let j = 0; j <= i; j++) {
      let rest = covariance[i][j]
      for (let k = 0; k < j; k++) rest -= lower[i][k] * lower[j][k]
      // Below 1e-290 numbers lose digits, and what is divided by their root goes wrong.
      if (i === j) lower[i][i] = rest > 1e-12 * covariance[i][i] + 1e-290 ? Math.sqrt(rest) : 0
      else lower[i][j] = lower[j][j] === 0 ? 0 : rest / lower[j][j]
    }
  }
  return lower
}

/**
 * The index of a class given by its name (letter case ignored) or else its index.
 *
 * @throws ValueError (field "class") when there is no such class, or the data has none
 */
export function classIndex(classes: readonly string[], wanted: string | number): number {
  const text = String(wanted).toLowerCase()
  const named = classes.findIndex(name => name.toLowerCase() === text)
  if (named >= 0) return named
  if (/^\d{1,6}$/.test(text) && Number(text) < classes.length) return Number(text)
  const expected =
    classes.length === 0
      ? 'none, because this model’s data has no classes'
      : `an index from 0 to ${classes.length - 1} or one of ${classes.join(', ')}`
  throw valueError('class', expected, wanted)
}

/**
 * Reads `seed:7`, `class:3`, `class:Sneaker` or `z:0.5,-1.2`.
 *
 * @param field the name to use in errors: "from", say
 * @throws ValueError
 */
export function parseEndpoint(text: string, field = 'endpoint'): Endpoint {
  const at = text.indexOf(':')
  const kind = text.slice(0, at)
  const rest = text.slice(at + 1).trim()
  if (kind === 'seed' && /^\d{1,10}$/.test(rest) && Number(rest) <= 0xffffffff) return { seed: Number(rest) }
  if (kind === 'class' && rest !== '') return { class: rest }
  if (kind === 'z') return { z: parsePoint(rest, field) }
  throw valueError(field, 'seed:<0 to 4294967295>, class:<index or name> or z:<numbers with commas>', text)
}

/**
 * Reads `0.5,-1.2`.
 *
 * @throws ValueError when a part is not a finite decimal number
 */
export function parsePoint(text: string, field = 'z'): number[] {
  return text.split(',').map(part => {
    const value = Number(part)
    if (!/^\s*[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?\s*$/i.test(part) || !Number.isFinite(Math.fround(value))) {
      throw valueError(field, 'finite numbers with commas between them', text)
    }
    return value
  })
}

/**
 * The point an endpoint stands for: for a seed the first draw from the prior, for a class the mean of mu over its
 * training images.
 *
 * @returns [D_z]
 * @throws ValueError when z has not D_z numbers, or there is no such class
 */
export function locate(endpoint: Endpoint, space: LatentSpace, field = 'endpoint'): Float32Array {
  const d = space.prior.mean.length
  if ('seed' in endpoint) return drawPrior(space.prior, 1, endpoint.seed)
  if ('z' in endpoint) {
    if (endpoint.z.length === d) return Float32Array.from(endpoint.z)
    throw valueError(field, `${d} numbers, one a latent dimension`, `${endpoint.z.length}`)
  }
  try {
    const moments = space.latent.classes[classIndex(space.dataset.classes, endpoint.class)]
    requireImages(moments, field)
    return Float32Array.from(moments.mean)
  } catch (error) {
    throw isValueError(error) ? valueError(field, error.expected, endpoint.class) : error
  }
}

/** The point a fraction `t` of the straight way from `a` to `b`, each [D_z]. */
export function lerp(a: ArrayLike<number>, b: ArrayLike<number>, t: number): Float32Array {
  return Float32Array.from(a, (from, k) => (1 - t) * from + t * b[k])
}

/**
 * Spherical interpolation (Shoemake 1985) seen from the prior: points are whitened, u = (z − mean)/√variance, turned
 * about the origin by an angle that grows evenly with `t`, and put back. Draws of a wide Gaussian lie near a sphere;
 * this way stays on it. Where no turn is defined (a point at the mean, or the two on one line with it) it is `lerp`.
 *
 * @param a,b points [D_z]
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
  return Float32Array.from(
    prior.mean,
    (mean, k) => mean + Math.sqrt(prior.variance[k]) * (left * u[k] + right * v[k]),
  )
}

/**
 * Points along the way from the first stop to the last, through those between, ends included: `steps` of them, even
 * in the number of stops passed.
 *
 * @param stops at least two points [D_z]
 * @param steps at least 2
 * @returns [steps, D_z]
 */
export function walk(
  stops: readonly Float32Array[],
  steps: number,
  path: Path,
  prior: Prior,
): Float32Array<ArrayBuffer> {
  const d = prior.mean.length
  const points = new Float32Array(steps * d)
  for (let i = 0; i < steps; i++) {
    const along = (i * (stops.length - 1)) / (steps - 1)
    const leg = Math.min(Math.floor(along), stops.length - 2)
    const t = along - leg
    const [a, b] = [stops[leg], stops[leg + 1]]
    // The ends themselves, so that a walk begins and stops on its endpoints to the bit.
    const point = t === 0 ? a : t === 1 ? b : path === 'slerp' ? slerp(a, b, t, prior) : lerp(a, b, t)
    points.set(point, i * d)
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
 * @param options.at the other dimensions' values [D_z]; the prior's mean by default
 * @returns [size·size, D_z]
 */
export function gridPoints(
  prior: Prior,
  options: { size: number; range: number; dims?: readonly [number, number]; at?: ArrayLike<number> },
): Float32Array<ArrayBuffer> {
  const { size, range, dims: [across, up] = [0, 1], at = prior.mean } = options
  const d = prior.mean.length
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
