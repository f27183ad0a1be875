import type { Prior } from '../../models/card.ts'
import { logSumExp } from '../../models/latent/density.ts'
import { drawPosterior } from '../../models/latent/posterior.ts'
import { fromPrior } from '../../models/latent/prior.ts'
import type { AggregatePosterior } from '../../models/latent-statistics.ts'
import { createRng, normals, shuffle } from '../../models/random.ts'
import { pickRows } from '../../models/rows.ts'
import type { Posteriors } from '../step/run/onnx-model.ts'
import { shareInside } from './precision-recall.ts'

/** Posteriors N(mu, diag(exp(logvar))) of a VAE. */
type GaussianPosteriors = Posteriors & { logvar: Float32Array }

/** Images in the mixture, and draws for its KL and for its support: a few seconds. */
const IMAGES = 10_000
const KL_DRAWS = 2_000
const SUPPORT_DRAWS = 5_000

/**
 * Compares the aggregate posterior q(z) = 1/n Σ q(z|x_i) of training images with the prior.
 *
 * - `klToPrior`: the mean of ln q(z) − ln p(z) over draws from q(z), nats (Hoffman and Johnson 2016).
 * - `priorOutside`: the share of draws from the prior outside the support of q(z), as improved precision has it
 *   (Kynkäänniemi et al. 2019). The decoder was trained on nothing like them. `heldOutOutside` is the same share for held-out
 *   images: what chance alone gives.
 *
 * @param trained posteriors of the training images; from more than 10,000, as many are chosen at random
 * @param heldOut posteriors of other images
 * @throws RangeError for an AE, which has no posteriors
 */
export async function measureAggregatePosterior(
  trained: Posteriors,
  heldOut: Posteriors,
  prior: Prior,
  seed: number,
): Promise<AggregatePosterior> {
  requireGaussian(trained)
  requireGaussian(heldOut)
  const d = prior.mean.length
  const noise = (of: string, draws: number) =>
    normals(createRng(seed, 'aggregate', of), new Float32Array(draws * d))
  const draw = (posteriors: GaussianPosteriors, of: string, draws: number) =>
    drawPosteriors(choose(posteriors, d, draws, seed, of), d, noise(of, draws))
  const mixture = choose(trained, d, IMAGES, seed, 'mixture')
  const own = draw(mixture, 'kl', KL_DRAWS)
  const ratios = logMixture(mixture, own, d).map((value, i) => value - logPrior(prior, own, i * d))
  const mean = ratios.reduce((sum, value) => sum + value, 0) / KL_DRAWS
  const squares = ratios.reduce((sum, value) => sum + (value - mean) ** 2, 0)
  const points = (data: Float32Array) => ({ data, count: SUPPORT_DRAWS, dimensions: d })
  const support = points(draw(trained, 'support', SUPPORT_DRAWS))
  const outside = async (z: Float32Array) => round(1 - (await shareInside(points(z), support)))
  return {
    seed,
    images: mixture.mu.length / d,
    klToPrior: round(mean),
    standardError: round(Math.sqrt(squares / (KL_DRAWS - 1) / KL_DRAWS)),
    draws: SUPPORT_DRAWS,
    priorOutside: await outside(fromPrior(prior, noise('prior', SUPPORT_DRAWS))),
    heldOutOutside: await outside(draw(heldOut, 'held out', SUPPORT_DRAWS)),
  }
}

function requireGaussian(posteriors: Posteriors): asserts posteriors is GaussianPosteriors {
  if (!posteriors.logvar) throw new RangeError('an aggregate posterior needs a VAE, got an AE')
}

/** At most `count` of the posteriors, chosen at random without repetition. */
function choose({ mu, logvar }: GaussianPosteriors, d: number, count: number, seed: number, of: string) {
  const rows = Uint32Array.from({ length: mu.length / d }, (_, i) => i)
  const chosen = shuffle(createRng(seed, 'aggregate images', of), rows).slice(0, count)
  return pickPosteriors({ mu, logvar }, d, chosen)
}

/** As many draws as `eps` [draws, D_z] has rows; the posteriors take turns where they are fewer. */
function drawPosteriors(posteriors: GaussianPosteriors, d: number, eps: Float32Array): Float32Array {
  const count = posteriors.mu.length / d
  const rows = Uint32Array.from({ length: eps.length / d }, (_, i) => i % count)
  const { mu, logvar } = pickPosteriors(posteriors, d, rows)
  return drawPosterior(mu, logvar, eps)
}

function pickPosteriors(
  { mu, logvar }: GaussianPosteriors,
  d: number,
  rows: Uint32Array,
): GaussianPosteriors {
  return { mu: pickRows(mu, d, rows), logvar: pickRows(logvar, d, rows) }
}

/** ln 1/n Σ N(z; mu_i, diag(exp(logvar_i))) of points [draws, D_z]. */
function logMixture({ mu, logvar }: GaussianPosteriors, z: Float32Array, d: number): Float64Array {
  const count = mu.length / d
  const precision = logvar.map(value => Math.exp(-value))
  const constant = Float64Array.from({ length: count }, (_, i) => {
    let sum = d * Math.log(2 * Math.PI)
    for (let k = 0; k < d; k++) sum += logvar[i * d + k]
    return sum
  })
  const terms = new Float64Array(count)
  return Float64Array.from({ length: z.length / d }, (_, s) => {
    for (let i = 0; i < count; i++) {
      let distance = 0
      for (let k = 0; k < d; k++) {
        const shift = z[s * d + k] - mu[i * d + k]
        distance += shift * shift * precision[i * d + k]
      }
      terms[i] = -(distance + constant[i]) / 2
    }
    return logSumExp(terms) - Math.log(count)
  })
}

function logPrior({ mean, variance }: Prior, z: Float32Array, offset: number): number {
  let sum = 0
  for (let k = 0; k < mean.length; k++) {
    sum += Math.log(2 * Math.PI * variance[k]) + (z[offset + k] - mean[k]) ** 2 / variance[k]
  }
  return -sum / 2
}

function round(value: number): number {
  return Number(value.toPrecision(5))
}
