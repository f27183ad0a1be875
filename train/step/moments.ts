import type { Card } from '../../models/card.ts'
import type { Moments } from '../../models/latent-statistics.ts'
import type { Images } from './images.ts'

/**
 * Mean and covariance of latents, over all images and over each class. Samples of a class are drawn from them.
 *
 * @param mu [indices, latentDim], row-major
 * @param indices the training images that `mu` belongs to
 */
export function moments(
  mu: Float32Array,
  dataset: { train: Images; classes: string[] },
  indices: Uint32Array,
  latentDim: number,
): Card['latent'] {
  const rows = Array.from(indices, (_, i) => i)
  const { labels } = dataset.train
  return {
    whole: gaussian(mu, rows, latentDim),
    classes: labels
      ? dataset.classes.map((_, label) =>
          gaussian(
            mu,
            rows.filter(row => labels[indices[row]] === label),
            latentDim,
          ),
        )
      : [],
  }
}

function gaussian(mu: Float32Array, rows: number[], d: number): Moments {
  const n = Math.max(1, rows.length)
  const mean = Array<number>(d).fill(0)
  for (const row of rows) for (let k = 0; k < d; k++) mean[k] += mu[row * d + k] / n
  const covariance = Array.from({ length: d }, () => Array<number>(d).fill(0))
  for (const row of rows) {
    for (let i = 0; i < d; i++) {
      const deviation = (mu[row * d + i] - mean[i]) / n
      for (let j = 0; j <= i; j++) covariance[i][j] += deviation * (mu[row * d + j] - mean[j])
    }
  }
  for (let i = 0; i < d; i++) for (let j = 0; j < i; j++) covariance[j][i] = covariance[i][j]
  return { images: rows.length, mean: mean.map(rounded), covariance: covariance.map(row => row.map(rounded)) }
}

/** To five digits, without which the card of a model of 64 dimensions would weigh a megabyte. */
function rounded(value: number): number {
  return Number(value.toPrecision(5))
}
