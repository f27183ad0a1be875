import * as ort from 'onnxruntime-node'
import type { Architecture, Metric, Prior } from '../../models/card.ts'
import { type Losses, losses } from '../../models/losses.ts'
import { encodeModel, type Value } from '../../models/onnx/encode-model.ts'
import { klPerDimension } from '../../models/prior.ts'
import { createRng, normals } from '../../models/random.ts'
import type { Dataset } from '../data/dataset.ts'
import { emit } from '../step/emit.ts'
import * as e from '../step/expression.ts'
import { type Images, pickPixels } from '../step/images.ts'
import { symbolicForward, symbolicOutput, type Task } from '../step/objective.ts'
import { type Parameters, parameterShapes } from '../step/parameters.ts'
import { intensities } from '../step/step-graph.ts'

/** One pass through a model. */
export interface ForwardResult {
  /** Posterior means (an AE: latents), [batch, D_z]. */
  mu: Float32Array
  /** [batch, D_z]; null for an AE. */
  logvar: Float32Array | null
  /** [batch, D_x]. */
  xhat: Float32Array
}

/**
 * Runs images through a model, decoding z = mu + exp(logvar/2)·eps.
 *
 * @param pixels [batch, D_x], 0 … 255
 * @param eps [batch, D_z]; zeros give z = mu
 */
export type ForwardPass = (pixels: Uint8Array, eps: Float32Array) => Promise<ForwardResult>

/** What the decoder was given: the posterior mean, or a draw from the posterior. */
export type Latent = Metric['latent']

/** Images that a model was not trained on. */
export type HeldOutSplit = 'validation' | 'test'

/** How well a model does on some images. */
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

const ACTIVE_VARIANCE = 0.01
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
  const { latentDim } = architecture
  const chosen = indices ?? Uint32Array.from({ length: images.count }, (_, i) => i)
  const noise = createRng(seed, 'evaluation')
  const totals = { bce: 0, mse: 0, l1: 0 }
  const kl = new Float64Array(latentDim)
  const spread = { sum: new Float64Array(latentDim), squares: new Float64Array(latentDim) }
  for (let from = 0; from < chosen.length; from += BATCH) {
    const batch = chosen.subarray(from, from + BATCH)
    const pixels = pickPixels(images, batch)
    const eps = new Float32Array(batch.length * latentDim)
    const { mu, logvar, xhat } = await model(pixels, latent === 'mu' ? eps : normals(noise, eps))
    const x = Float32Array.from(pixels, byte => byte / 255)
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
 * A trained model's figures on what it was not trained on, validation then test: at z = mu, and for a VAE at z drawn
 * from the posterior as well.
 *
 * @param validation which of the data set's training images were held out
 * @param splits what to evaluate on: a search of hyperparameters leaves the test images out
 */
export async function evaluateHeldOut(
  model: ForwardPass,
  configuration: Pick<Task, 'architecture' | 'prior'> & { seed: number },
  { train, test }: Dataset,
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

/**
 * A model to evaluate while its parameters still change: one ONNX graph, the parameters fed with each batch.
 *
 * @returns a function from parameters to the model they make, and one that frees the session
 */
export async function openForward(
  architecture: Architecture,
): Promise<{ withParameters(parameters: Parameters): ForwardPass; close(): Promise<void> }> {
  const shapes = parameterShapes(architecture)
  const session = await ort.InferenceSession.create(forwardGraph(architecture), { intraOpNumThreads: 1 })
  const { inputDim, latentDim, kind } = architecture
  return {
    withParameters(parameters) {
      const fixed = Object.fromEntries(
        shapes.map(({ name, shape }) => [name, new ort.Tensor('float32', parameters[name], shape)]),
      )
      return async (pixels, eps) => {
        const batch = pixels.length / inputDim
        const results = await session.run({
          ...fixed,
          pixels: new ort.Tensor('uint8', pixels, [batch, inputDim]),
          ...(kind === 'vae' && { eps: new ort.Tensor('float32', eps, [batch, latentDim]) }),
        })
        return {
          mu: results.mu.data as Float32Array,
          logvar: kind === 'vae' ? (results.logvar.data as Float32Array) : null,
          xhat: results.xhat.data as Float32Array,
        }
      }
    },
    close: () => session.release(),
  }
}

function forwardGraph(architecture: Architecture): Uint8Array {
  const { inputDim, latentDim, kind } = architecture
  const leaves = Object.fromEntries(
    parameterShapes(architecture).map(({ name, shape }) => [name, e.leaf(name, shape)]),
  )
  const x = intensities(e.leaf('pixels', ['batch', inputDim], 'uint8'))
  const eps = kind === 'vae' ? e.leaf('eps', ['batch', latentDim]) : null
  const { mu, logvar, logits } = symbolicForward(architecture, leaves, x, eps)
  const outputs = { mu, ...(logvar && { logvar }), xhat: symbolicOutput(architecture, logits) }
  const values = Object.entries(outputs).map(
    ([name, { shape }]): Value => ({ name, type: 'float', dims: shape }),
  )
  return encodeModel({ name: 'forward', outputs: values, ...emit(outputs) })
}
