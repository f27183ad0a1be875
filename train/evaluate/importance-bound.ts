import type { Prior } from '../../models/card.ts'
import { logSumExp } from '../../models/latent/density.ts'
import { drawPosterior } from '../../models/latent/posterior.ts'
import { clampProbability } from '../../models/losses.ts'
import { createRng, normals } from '../../models/random.ts'
import { classRows, type Images, pickPixels } from '../step/images.ts'
import type { OnnxModel } from '../step/run/onnx-model.ts'

/** A lower bound on ln p(x), nats per image. */
export interface Bound {
  /** k: 1 is the ELBO; as k grows the bound rises to ln p(x). */
  samples: number
  /** Mean over the images. */
  value: number
  /** Standard deviation over the images divided by the root of their number. */
  standardError: number
}

/** Options of `importanceBounds`. */
export interface BoundOptions {
  prior: Prior
  indices: Uint32Array
  /** The values of k; the largest is a multiple of the others. */
  samples: readonly number[]
  seed: number
  onImage?: (done: number) => void
}

/** Number of draws decoded in one call. */
const BATCH = 500

/**
 * The importance-weighted bounds ln 1/k Σ p(x|z)·p(z)/q(z|x) with k draws z from q(z|x) (Burda et al. 2016, Eq. 8). All
 * bounds use the same draws: as many as the largest k, which a smaller k divides into groups whose bounds are averaged.
 *
 * The likelihood is Bernoulli. On binary pixels it is a probability and the bounds are bounds on a likelihood; on grey
 * pixels it is the training objective, comparable only with figures on grey pixels.
 */
export async function importanceBounds(
  model: OnnxModel,
  images: Images,
  { prior, indices, samples, seed, onImage }: BoundOptions,
): Promise<Bound[]> {
  const most = Math.max(...samples)
  for (const k of samples) {
    if (most % k !== 0) throw new RangeError(`samples: expected a divisor of ${most}, got ${k}`)
  }
  const perImage = samples.map(() => new Float64Array(indices.length))
  for (let i = 0; i < indices.length; i++) {
    const noise = createRng(seed, 'importance', indices[i])
    const weights = await logWeights(model, images, indices.subarray(i, i + 1), prior, most, n =>
      normals(noise, new Float32Array(n)),
    )
    samples.forEach((k, s) => {
      let sum = 0
      for (let from = 0; from < most; from += k) {
        sum += logSumExp(weights.subarray(from, from + k)) - Math.log(k)
      }
      perImage[s][i] = sum / (most / k)
    })
    onImage?.(i + 1)
  }
  return samples.map((k, s) => ({ samples: k, ...meanAndError(perImage[s]) }))
}

function meanAndError(values: Float64Array): { value: number; standardError: number } {
  const n = values.length
  const mean = values.reduce((sum, value) => sum + value, 0) / n
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0)
  return { value: mean, standardError: Math.sqrt(squares / Math.max(1, n - 1) / n) }
}

/** ln p(x|z) + ln p(z) − ln q(z|x) of `count` draws for one image. */
async function logWeights(
  { architecture, encode, decode }: OnnxModel,
  images: Images,
  image: Uint32Array,
  prior: Prior,
  count: number,
  eps: (n: number) => Float32Array,
): Promise<Float64Array> {
  const { latentDim: d, classes } = architecture
  const x = Float64Array.from(pickPixels(images, image), byte => byte / 255)
  const y = classes ? classRows(images, image, classes) : null
  const { mu, logvar } = await encode(Float32Array.from(x), 1, y)
  if (!logvar) throw new RangeError('an importance-weighted bound needs a VAE, got an AE')
  const weights = new Float64Array(count)
  for (let from = 0; from < count; from += BATCH) {
    const batch = Math.min(BATCH, count - from)
    const noise = eps(batch * d)
    const z = drawPosterior(mu, logvar, noise)
    const rows = y && Float32Array.from({ length: batch * y.length }, (_, i) => y[i % y.length])
    const xhat = await decode(z, batch, rows)
    for (let i = 0; i < batch; i++) {
      let ratio = 0
      for (let k = 0; k < d; k++) {
        const distance = (z[i * d + k] - prior.mean[k]) ** 2 / prior.variance[k]
        ratio += noise[i * d + k] ** 2 + logvar[k] - distance - Math.log(prior.variance[k])
      }
      weights[from + i] = logBernoulli(x, xhat, i * x.length) + ratio / 2
    }
  }
  return weights
}

/** Σ x·ln p + (1 − x)·ln(1 − p) over one row of `xhat`. */
function logBernoulli(x: Float64Array, xhat: Float32Array, offset: number): number {
  let sum = 0
  // A product of 24 probabilities of at least 2^-25 is still a normal float64, so one logarithm serves 24 binary
  // pixels.
  let product = 1
  for (let j = 0; j < x.length; j++) {
    const p = clampProbability(xhat[offset + j])
    if (x[j] === 0) product *= 1 - p
    else if (x[j] === 1) product *= p
    else sum += x[j] * Math.log(p) + (1 - x[j]) * Math.log1p(-p)
    if (j % 24 === 23) {
      sum += Math.log(product)
      product = 1
    }
  }
  return sum + Math.log(product)
}
