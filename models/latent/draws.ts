import type { Architecture, Card, Prior } from '../card.ts'
import type { Moments } from '../latent-statistics.ts'
import { oneHot } from '../one-hot.ts'
import { createRng, normals } from '../random.ts'
import { joinRows, splitRows } from '../rows.ts'
import { valueError } from '../value-error.ts'
import { drawDensity, pickIndex } from './density.ts'
import { fromPrior } from './prior.ts'

/*
 * Draws of what a decoder reads. A point is z [D_z], and for a conditional model y [classes] after it, so that points of
 * either kind of model are moved, mixed and decoded alike. Arrays of points are Float32Arrays, row-major, [points, D_z] or
 * [points, D_z + classes]; arithmetic is in float64 and stored as float32. Draws use only operations that IEEE 754 rounds
 * alike everywhere, so the same arguments give the same bits on every engine.
 */

/** The parts of a card that draws depend on. */
export type LatentSpace = Pick<Card, 'prior' | 'latent' | 'density'> & {
  dataset: Pick<Card['dataset'], 'classes'>
  architecture?: Pick<Architecture, 'classes'>
}

/** Size of a point: D_z, plus the number of classes of a conditional model. */
export function pointSize({ prior, architecture }: Pick<LatentSpace, 'prior' | 'architecture'>): number {
  return prior.mean.length + (architecture?.classes ?? 0)
}

/**
 * Standard normals [n, D_z]. The label makes the generator hash the seed, so that small and neighbouring seeds give
 * unrelated draws from the start.
 */
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

/** Checks that a class had training images: otherwise it has no place in the latent space. @throws ValueError */
export function requireImages({ images }: Moments, field: string): void {
  if (images === 0) throw valueError(field, 'a class that had training images', 'one that had none')
}

/** Indices of the classes that have a place in the latent space: those that had training images. */
export function placedClasses({ latent }: Pick<LatentSpace, 'latent'>): number[] {
  return latent.classes.flatMap(({ images }, i) => (images > 0 ? [i] : []))
}

/** Options of a draw of samples. */
export interface SampleOptions {
  n: number
  /** An integer from 0 to 4294967295. */
  seed: number
  /** Index of a class; any class where absent. */
  class?: number
  /** Multiple of the standard deviation drawn with; 0 gives means. Default 1. */
  temperature?: number
  /** Default: the density where the card has one, else the prior, or for a class its Gaussian. */
  from?: 'density' | 'prior'
}

/**
 * Draws points to be decoded as new images. A longer draw starts with the points of a shorter one.
 *
 * With a density: a class is drawn from its mixture; without a class a conditional model draws a class for each point
 * in proportion to its images, and any other model draws from the mixture over all images. Without a density: a class
 * is drawn from the Gaussian of its mu, anything else from the prior.
 *
 * @returns [n, D_z], or [n, D_z + classes] for a conditional model
 * @throws ValueError when the card has no density to draw from, or was fetched without it, or a class is to be drawn from the prior of a model
 * that is not conditional
 */
export function drawSamples(space: LatentSpace, options: SampleOptions): Float32Array {
  const { density, prior } = space
  const { n, seed, temperature = 1, class: label, from = density ? 'density' : undefined } = options
  if (density === null && from !== 'prior') throw valueError('density', 'a card with it', density)
  const conditional = space.architecture?.classes !== undefined
  if (label !== undefined) requireImages(space.latent.classes[label], 'class')
  if (from === 'density') {
    if (!density) throw valueError('from', 'prior, because this model has no density', 'density')
    const { z, classes } = drawDensity(
      density,
      label ?? (conditional ? 'any' : 'whole'),
      n,
      seed,
      temperature,
    )
    return conditional ? appendClasses(z, classes!, space) : z
  }
  if (label !== undefined && !conditional) {
    if (from) throw valueError('from', 'no prior with a class, because this model is not conditional', from)
    return drawClass(space.latent.classes[label], n, seed, temperature)
  }
  const z = drawPrior(prior, n, seed, temperature)
  if (!conditional) return z
  return appendClasses(
    z,
    label === undefined ? drawClasses(space, n, seed) : new Uint8Array(n).fill(label),
    space,
  )
}

/**
 * Standard deviation of styles, in units of a class's own. The Gaussian of a class is an approximation whose tails do
 * not look like the class: with 1 a conditional VAE of digits writes 95% of its characters legibly, with 0.6 99%.
 */
export const STYLE_TEMPERATURE = 0.6

/**
 * A style of handwriting, eps [D_z]: the position of a latent within the Gaussian of its class, in units of the
 * standard deviation. The same eps in every class gives one handwriting (`styleLatent`).
 */
export function drawStyle(
  { prior }: Pick<LatentSpace, 'prior'>,
  seed: number,
  temperature = STYLE_TEMPERATURE,
) {
  return noise(1, prior.mean.length, seed).map(eps => temperature * eps)
}

/** The latent of a class in a style: mean + L·eps with L·Lᵀ = covariance, [D_z]. */
export function styleLatent({ mean, covariance }: Moments, eps: ArrayLike<number>): Float32Array {
  const lower = cholesky(covariance)
  return Float32Array.from(mean, (centre, row) => {
    let sum = 0
    for (let k = 0; k <= row; k++) sum += lower[row][k] * eps[k]
    return centre + sum
  })
}

/** The style of a latent in its class: L⁻¹(z − mean), [D_z]; 0 in directions without variance. */
export function styleOfLatent({ mean, covariance }: Moments, z: ArrayLike<number>): Float32Array {
  const lower = cholesky(covariance)
  const eps = new Float32Array(mean.length)
  for (let row = 0; row < mean.length; row++) {
    let rest = z[row] - mean[row]
    for (let k = 0; k < row; k++) rest -= lower[row][k] * eps[k]
    eps[row] = lower[row][row] === 0 ? 0 : rest / lower[row][row]
  }
  return eps
}

/** Classes in proportion to their training images, [n]. */
function drawClasses({ latent }: LatentSpace, n: number, seed: number): Uint8Array {
  const rng = createRng(seed, 'class')
  const images = latent.classes.map(moments => moments.images)
  return Uint8Array.from({ length: n }, () => pickIndex(images, rng()))
}

/** Points from latents [n, D_z] and the class of each. */
function appendClasses(z: Float32Array, classes: Uint8Array, space: LatentSpace): Float32Array {
  return joinRows([z, oneHot(classes, space.architecture!.classes!)], classes.length)
}

/** Splits points into z [n, D_z] and y [n, classes], which is null if the model is not conditional. */
export function splitPoints(
  points: Float32Array,
  { latentDim, classes = 0 }: Pick<Architecture, 'latentDim' | 'classes'>,
): { z: Float32Array<ArrayBuffer>; y: Float32Array<ArrayBuffer> | null } {
  const [z, y] = splitRows(points, [latentDim, classes])
  return { z, y: classes > 0 ? y : null }
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
      // Numbers below 1e-290 lose digits, which would spoil the division by their square root.
      if (i === j) lower[i][i] = rest > 1e-12 * covariance[i][i] + 1e-290 ? Math.sqrt(rest) : 0
      else lower[i][j] = lower[j][j] === 0 ? 0 : rest / lower[j][j]
    }
  }
  return lower
}

/**
 * The index of a class. A number is its index. A text is its name, in another letter case where only one class has that
 * name, or else its index: of classes 1, 3 and 26 "1" is the first and "2" the last.
 *
 * @throws ValueError (field "class") when there is no such class, or the data has none
 */
export function classIndex(classes: readonly string[], wanted: string | number): number {
  if (typeof wanted === 'string') {
    const named = classes.indexOf(wanted)
    if (named >= 0) return named
    const lower = wanted.toLowerCase()
    const alike = classes.flatMap((name, i) => (name.toLowerCase() === lower ? [i] : []))
    if (alike.length === 1) return alike[0]
  }
  if (/^\d{1,6}$/.test(String(wanted)) && Number(wanted) < classes.length) return Number(wanted)
  const expected =
    classes.length === 0
      ? 'none, because this model’s data has no classes'
      : `an index from 0 to ${classes.length - 1} or one of ${classes.join(', ')}`
  throw valueError('class', expected, wanted)
}
