import type { Density, Mixture } from '../latent-statistics.ts'
import { createRng, normalQuantile, type Uniform } from '../random.ts'
import { valueError } from '../value-error.ts'

/*
 * Draws from the Gaussian mixtures of a card. As with all draws, only operations that IEEE 754 rounds alike everywhere
 * are used, in a fixed order, so the same card and seed give the same bits on every engine.
 */

/** Points of the latent space and the class of each. */
export interface Drawn {
  /** [n, D_z]. */
  z: Float32Array<ArrayBuffer>
  /** [n], indices of classes; null where no class was drawn. */
  classes: Uint8Array | null
}

/**
 * Draws from a mixture. A longer draw starts with the shorter one's points.
 *
 * Order of draws: for each point one uniform that picks the component (the first whose cumulated weight exceeds it),
 * then D_z standard normals eps, one uniform each; z = mean + temperature·L·eps.
 *
 * @param temperature scales the deviation from the component's mean; 0 gives the means
 * @returns [n, D_z]
 * @throws RangeError when the seed is not an integer from 0 to 4294967295
 */
export function drawMixture(
  mixture: Mixture,
  n: number,
  seed: number,
  temperature = 1,
): Float32Array<ArrayBuffer> {
  const rng = createRng(seed, 'mixture')
  const d = mixture.means[0].length
  const z = new Float32Array(n * d)
  for (let i = 0; i < n; i++) drawPoint(mixture, rng, temperature, z.subarray(i * d, (i + 1) * d))
  return z
}

/**
 * Draws from a model's density: from one class's mixture, from the mixture over all images, or (for `any`) a class in
 * proportion to its training images and then from that class's mixture, as a conditional model needs it.
 *
 * Order of draws for `any`: for each point one uniform for the class, then as in `drawMixture`.
 *
 * @param from an index of a class, `whole` or `any`
 * @throws RangeError when there is no mixture of that class, or the seed is not an integer from 0 to 4294967295
 */
export function drawDensity(
  density: Density,
  from: number | 'whole' | 'any',
  n: number,
  seed: number,
  temperature = 1,
): Drawn {
  if (from === 'whole') return { z: drawMixture(density.whole, n, seed, temperature), classes: null }
  if (from !== 'any') {
    const mixture = density.classes[from]
    if (!mixture) throw valueError('class', `an index from 0 to ${density.classes.length - 1}`, from)
    return { z: drawMixture(mixture, n, seed, temperature), classes: new Uint8Array(n).fill(from) }
  }
  const rng = createRng(seed, 'mixture')
  const d = density.whole.means[0].length
  const z = new Float32Array(n * d)
  const classes = new Uint8Array(n)
  const images = density.classes.map(mixture => mixture.images)
  for (let i = 0; i < n; i++) {
    classes[i] = pickIndex(images, rng())
    drawPoint(density.classes[classes[i]], rng, temperature, z.subarray(i * d, (i + 1) * d))
  }
  return { z, classes }
}

/** The Cholesky factor of a component: its own, or the one of all. */
function factorOf({ factors }: Mixture, component: number): readonly number[] {
  return factors[factors.length === 1 ? 0 : component]
}

function drawPoint(mixture: Mixture, rng: Uniform, temperature: number, out: Float32Array): void {
  const k = pickIndex(mixture.weights, rng())
  const mean = mixture.means[k]
  const factor = factorOf(mixture, k)
  // Stored as float32 first, as `normals` stores them.
  const eps = Float32Array.from(mean, () => normalQuantile(rng()))
  for (let row = 0, at = 0; row < mean.length; row++) {
    let sum = 0
    for (let column = 0; column <= row; column++) sum += factor[at++] * eps[column]
    out[row] = mean[row] + temperature * sum
  }
}

/** The first index whose cumulated share exceeds `uniform`, for shares proportional to `weights`. */
export function pickIndex(weights: readonly number[], uniform: number): number {
  let total = 0
  for (const weight of weights) total += weight
  const target = uniform * total
  let sum = 0
  for (let k = 0; k < weights.length - 1; k++) {
    sum += weights[k]
    if (target < sum) return k
  }
  return weights.length - 1
}

/** The log density of each point under a mixture, nats: z [n, D_z] → [n]. */
export function mixtureLogDensity(mixture: Mixture, z: ArrayLike<number>): Float64Array {
  const { weights, means } = mixture
  const d = means[0].length
  const constants = weights.map((weight, k) => {
    let logDeterminant = 0
    const factor = factorOf(mixture, k)
    // Row by row, the diagonal's entries are the last of each row: at 0, 2, 5 …
    for (let row = 0, at = 0; row < d; row++, at += row + 1) logDeterminant += Math.log(factor[at])
    return Math.log(weight) - logDeterminant - (d / 2) * Math.log(2 * Math.PI)
  })
  const solved = new Float64Array(d)
  const terms = new Float64Array(weights.length)
  return Float64Array.from({ length: z.length / d }, (_, i) => {
    for (let k = 0; k < weights.length; k++) {
      terms[k] = constants[k] - 0.5 * squaredDistance(z, i * d, means[k], factorOf(mixture, k), solved)
    }
    return logSumExp(terms)
  })
}

/** |L⁻¹(z − mean)|² by forward substitution, for the point of `z` at `offset`; `solved` is scratch space of D_z numbers. */
function squaredDistance(
  z: ArrayLike<number>,
  offset: number,
  mean: readonly number[],
  factor: ArrayLike<number>,
  solved: Float64Array,
): number {
  let total = 0
  for (let row = 0, at = 0; row < mean.length; row++) {
    let rest = z[offset + row] - mean[row]
    for (let column = 0; column < row; column++) rest -= factor[at++] * solved[column]
    solved[row] = rest / factor[at++]
    total += solved[row] * solved[row]
  }
  return total
}

/** ln Σ exp(terms), safe from overflow. */
export function logSumExp(terms: ArrayLike<number>): number {
  let largest = -Infinity
  for (let k = 0; k < terms.length; k++) largest = Math.max(largest, terms[k])
  if (largest === -Infinity) return -Infinity
  let sum = 0
  for (let k = 0; k < terms.length; k++) sum += Math.exp(terms[k] - largest)
  return largest + Math.log(sum)
}
