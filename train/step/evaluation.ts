import type { Metric, Prior } from '../../models/card.ts'
import { toIntensities } from '../../models/images/grey.ts'
import { klPerDimension } from '../../models/latent/prior.ts'
import { type Losses, losses } from '../../models/losses.ts'
import { createRng, normals } from '../../models/random.ts'
import type { Configuration } from './configuration.ts'
import type { ForwardPass } from './forward.ts'
import { classRows, type Images, pickPixels } from './images.ts'
import type { Task } from './objective.ts'

/** The decoder's input: the posterior mean, or a draw from the posterior. */
export type Latent = Metric['latent']

/** Images that a model was not trained on. */
export type HeldOutSplit = 'validation' | 'test'

/** The losses of a model on a set of images. */
export interface Evaluation extends Losses {
  images: number
  latent: Latent
  /** Posterior figures; null for an AE. */
  posterior: {
    /** Nats per image, over all latent dimensions. */
    kl: number
    /** Nats per image, for each latent dimension. */
    klPerDimension: number[]
  } | null
  /** Latent dimensions whose mu varies over the images by more than 0.01 (variance; Burda et al. 2016, §5.2). */
  activeUnits: number
}

/** Variance of mu over images above which a latent dimension counts as active (Burda et al. 2016, section 5.2). */
export const ACTIVE_VARIANCE = 0.01
const BATCH = 500

/**
 * Evaluates a model on images: losses per pixel, KL per image, active units.
 *
 * @param indices which images; all by default
 * @param seed of the draws where `latent` is 'sampled'
 */
export async function evaluate(
  model: ForwardPass,
  { architecture, prior }: Pick<Task, 'architecture' | 'prior'>,
  images: Images,
  { indices, latent, seed }: { indices?: Uint32Array; latent: Latent; seed: number },
): Promise<Evaluation> {
  const { latentDim, classes } = architecture
  const chosen = indices ?? Uint32Array.from({ length: images.count }, (_, i) => i)
  const noise = createRng(seed, 'evaluation')
  const totals = { bce: 0, mse: 0, l1: 0 }
  const kl = new Float64Array(latentDim)
  const spread = { sum: new Float64Array(latentDim), squares: new Float64Array(latentDim) }
  for (let from = 0; from < chosen.length; from += BATCH) {
    const batch = chosen.subarray(from, from + BATCH)
    const pixels = pickPixels(images, batch)
    const eps = new Float32Array(batch.length * latentDim)
    if (latent === 'sampled') normals(noise, eps)
    const y = classes ? classRows(images, batch, classes) : null
    const { mu, logvar, xhat } = await model({ pixels, y, eps })
    const x = toIntensities(pixels)
    const loss = losses(x, xhat)
    for (const name of ['bce', 'mse', 'l1'] as const) totals[name] += loss[name] * batch.length
    for (let i = 0; i < mu.length; i++) {
      spread.sum[i % latentDim] += mu[i]
      spread.squares[i % latentDim] += mu[i] * mu[i]
    }
    if (logvar) addKl(kl, mu, logvar, prior)
  }
  const n = chosen.length
  const perDimension = Array.from(kl, value => value / n)
  const variance = Array.from(spread.squares, (squares, k) => squares / n - (spread.sum[k] / n) ** 2)
  return {
    images: n,
    latent,
    bce: totals.bce / n,
    mse: totals.mse / n,
    l1: totals.l1 / n,
    posterior:
      architecture.kind === 'vae'
        ? { kl: perDimension.reduce((a, b) => a + b), klPerDimension: perDimension }
        : null,
    activeUnits: variance.filter(v => v > ACTIVE_VARIANCE).length,
  }
}

/**
 * Evaluates a trained model on images that it was not trained on, validation then test: at z = mu, and for a VAE at z
 * drawn from the posterior as well.
 *
 * @param validation which of the data set's training images were held out
 * @param splits what to evaluate on: a search of hyperparameters leaves the test images out
 */
export async function evaluateHeldOut(
  model: ForwardPass,
  configuration: Pick<Task, 'architecture' | 'prior'> & { seed: number },
  { train, test }: { train: Images; test: Images },
  validation: Uint32Array,
  splits: readonly HeldOutSplit[] = ['validation', 'test'],
): Promise<({ split: HeldOutSplit } & Evaluation)[]> {
  const { architecture, seed } = configuration
  const evaluations: ({ split: HeldOutSplit } & Evaluation)[] = []
  const latents: Latent[] = architecture.kind === 'vae' ? ['mu', 'sampled'] : ['mu']
  for (const latent of latents) {
    for (const split of splits) {
      const figures =
        split === 'validation'
          ? await evaluate(model, configuration, train, { indices: validation, latent, seed })
          : await evaluate(model, configuration, test, { latent, seed })
      evaluations.push({ split, ...figures })
    }
  }
  return evaluations
}

function addKl(totals: Float64Array, mu: Float32Array, logvar: Float32Array, prior: Prior): void {
  const d = totals.length
  for (let i = 0; i < mu.length; i += d) {
    klPerDimension(mu.subarray(i, i + d), logvar.subarray(i, i + d), prior).forEach((value, k) => {
      totals[k] += value
    })
  }
}

/** The objective on held-out images at z = mu, nats per image. Beta is at its peak, so that epochs can be compared. */
export function heldOutLoss({ objective, architecture }: Configuration, evaluation: Evaluation): number {
  return (
    evaluation[objective.reconstruction] * architecture.inputDim +
    objective.beta * (evaluation.posterior?.kl ?? 0)
  )
}
