import type { Card } from '../card.ts'

/** Middle and standard deviation of where a model's images live, for each dimension: of the prior, or of an AE's latents. */
export function spreadOf(card: Card): { mean: number[]; sd: number[] } {
  const { whole } = card.latent
  return card.architecture.kind === 'vae'
    ? { mean: card.prior.mean, sd: card.prior.variance.map(Math.sqrt) }
    : { mean: whole.mean, sd: whole.covariance.map((row, k) => Math.sqrt(row[k])) }
}

/**
 * The place in another model's space that a point corresponds to, counted in standard deviations from the middle;
 * dimensions that the other does not have are left out.
 *
 * @param z [D_z of `from`]
 * @returns [D_z of `to`]
 */
export function carryPoint(z: Float32Array, from: Card, to: Card): Float32Array {
  const [a, b] = [spreadOf(from), spreadOf(to)]
  return Float32Array.from(b.mean, (mean, k) =>
    k < z.length ? mean + ((z[k] - a.mean[k]) / a.sd[k]) * b.sd[k] : mean,
  )
}
