import * as tf from '@tensorflow/tfjs'
import { expect, test } from 'vitest'
import type { Architecture } from '../../../models/card.ts'
import { standardPrior } from '../../../models/latent/prior.ts'
import { initialParameters } from '../parameters.ts'
import { layersModels, modelJson } from './layers-models.ts'

tf.enableProdMode()

const ARCHITECTURES: Record<string, Architecture> = {
  'a VAE': { kind: 'vae', inputDim: 12, latentDim: 2, layers: 3, output: 'sigmoid' },
  'an AE of one layer': { kind: 'ae', inputDim: 12, latentDim: 3, layers: 1, output: 'relu' },
  'a conditional VAE': {
    kind: 'vae',
    inputDim: 12,
    latentDim: 2,
    layers: 2,
    widths: [7],
    classes: 4,
    output: 'sigmoid',
  },
}

const load = (files: ReturnType<typeof layersModels>['encoder']) => {
  const { modelTopology } = JSON.parse(modelJson(files)) as tf.io.ModelJSON
  return tf.loadLayersModel(
    tf.io.fromMemory({ modelTopology, weightSpecs: files.weightSpecs, weightData: files.weightData.buffer }),
  )
}

test.each(Object.entries(ARCHITECTURES))(
  'TF.js loads the files of %s and predicts what its weights say',
  async (_, architecture) => {
    const parameters = initialParameters(architecture, 3, standardPrior(architecture.latentDim))
    for (const name of Object.keys(parameters)) {
      if (name.endsWith('bias')) parameters[name] = parameters[name].map((_, i) => 0.1 * Math.sin(i + 1))
    }
    const files = layersModels(architecture, parameters)
    const [encoder, decoder] = [await load(files.encoder), await load(files.decoder)]
    const rows = (n: number) => Array.from({ length: n }, (_, i) => Math.sin(1.7 * i))
    const y = architecture.classes ? [0, 0.5, 0.5, 0] : []
    const inputs = (values: number[]) => [tf.tensor2d([values]), ...(y.length ? [tf.tensor2d([y])] : [])]
    const dense = (input: number[], name: string, last?: string) => {
      const [kernel, bias] = [parameters[`${name}/kernel`], parameters[`${name}/bias`]]
      const sums = Array.from(bias, (b, j) =>
        input.reduce((s, v, i) => s + v * kernel[i * bias.length + j], b),
      )
      if (last === 'sigmoid') return sums.map(s => 1 / (1 + Math.exp(-s)))
      return last === 'linear' ? sums : sums.map(s => Math.max(0, s))
    }
    let h = [...rows(architecture.inputDim), ...y]
    for (let i = 1; i < architecture.layers; i++) h = dense(h, `encoder_${i}`)
    const heads = architecture.kind === 'vae' ? ['mu', 'logvar'] : ['z']
    const encoded = [encoder.predict(inputs(rows(architecture.inputDim)))].flat()
    expect(encoded).toHaveLength(heads.length)
    heads.forEach((head, i) => {
      const wanted = dense(h, head, 'linear')
      encoded[i].dataSync().forEach((value, k) => {
        expect(value).toBeCloseTo(wanted[k], 5)
      })
    })
    let d = [...rows(architecture.latentDim), ...y]
    for (let i = 1; i < architecture.layers; i++) d = dense(d, `decoder_${i}`)
    const wanted = dense(d, `decoder_${architecture.layers}`, architecture.output)
    const decoded = (decoder.predict(inputs(rows(architecture.latentDim))) as tf.Tensor).dataSync()
    decoded.forEach((value, k) => {
      expect(value).toBeCloseTo(wanted[k], 5)
    })
  },
)
