import type { Prior } from '../card.ts'

/** N(0, I) in `latentDim` dimensions. */
export function standardPrior(latentDim: number): Prior {
  return { mean: Array<number>(latentDim).fill(0), variance: Array<number>(latentDim).fill(1) }
}

/**
 * KL(q ‖ prior) in nats for each latent dimension, q = N(mu, diag(exp(logvar))): Eq. 45 for diagonal covariances,
 * which is Eq. 44 a dimension and Eq. 46 for N(0, I).
 *
 * @param mu,logvar one posterior, shape [latentDim] each
 * @returns shape [latentDim], each entry ≥ 0 up to rounding
 */
export function klPerDimension(mu: ArrayLike<number>, logvar: ArrayLike<number>, prior: Prior): number[] {
  return prior.mean.map((mean, k) => {
    const variance = prior.variance[k]
    const shift = mu[k] - mean
    return 0.5 * (Math.log(variance) - logvar[k] - 1 + (Math.exp(logvar[k]) + shift * shift) / variance)
  })
}

/**
 * Draws from the prior widened by `temperature`: z = mean + temperature·√variance·eps, in float64 stored as float32.
 *
 * @param eps standard normals, shape [n, latentDim], row-major
 * @returns z, the same shape
 */
export function fromPrior(prior: Prior, eps: Float32Array, temperature = 1): Float32Array {
  const d = prior.mean.length
  return eps.map((e, i) => prior.mean[i % d] + temperature * Math.sqrt(prior.variance[i % d]) * e)
}
