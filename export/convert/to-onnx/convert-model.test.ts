import * as tf from '@tensorflow/tfjs'
import { InferenceSession, Tensor } from 'onnxruntime-node'
import { beforeAll, expect, test } from 'vitest'
import type { Artifacts } from '../files/artifacts.ts'
import { convertModel } from './convert-model.ts'

let encoder: tf.LayersModel
let artifacts: Artifacts

beforeAll(async () => {
  await tf.setBackend('cpu')
  const x = tf.input({ shape: [12], name: 'x' })
  const dense = (name: string, units: number, activation: 'relu' | 'linear') =>
    tf.layers.dense({
      name,
      units,
      activation,
      biasInitializer: tf.initializers.randomNormal({ seed: units }),
    })
  const trunk = dense('encoder_1', 7, 'relu').apply(x) as tf.SymbolicTensor
  const heads = ['mu', 'logvar'].map(name => dense(name, 2, 'linear').apply(trunk) as tf.SymbolicTensor)
  encoder = tf.model({ inputs: x, outputs: heads, name: 'encoder' })
  await encoder.save(
    tf.io.withSaveHandler(async saved => {
      artifacts = saved
      return { modelArtifactsInfo: { dateSaved: new Date(0), modelTopologyType: 'JSON' } }
    }),
  )
})

test.each([
  ['fp32', 1e-6],
  ['fp16', 2e-2],
  ['int8', 5e-2],
] as const)('an encoder with two heads predicts as in TF.js, weights in %s', async (precision, tolerance) => {
  const { bytes, inputs, outputs } = await convertModel(artifacts, { precision })
  expect(inputs.map(({ name, dims }) => [name, dims])).toEqual([['x', ['batch', 12]]])
  expect(outputs.map(({ name, dims }) => [name, dims])).toEqual([
    ['mu', ['batch', 2]],
    ['logvar', ['batch', 2]],
  ])
  const data = Float32Array.from({ length: 36 }, (_, i) => Math.sin(i))
  const session = await InferenceSession.create(bytes)
  const results = await session.run({ x: new Tensor('float32', data, [3, 12]) })
  const expected = encoder.predict(tf.tensor2d(data, [3, 12])) as tf.Tensor[]
  for (const [i, name] of ['mu', 'logvar'].entries()) {
    expect(results[name].dims).toEqual([3, 2])
    const actual = results[name].data as Float32Array
    const worst = Math.max(...expected[i].dataSync().map((value, k) => Math.abs(actual[k] - value)))
    expect(worst).toBeLessThan(tolerance)
  }
})

test('convertModel gives the inputs and outputs the names asked for', async () => {
  const names = { inputs: ['image'], outputs: ['mean', 'spread'], batch: 'n' }
  const { bytes } = await convertModel(artifacts, names)
  const session = await InferenceSession.create(bytes)
  expect([session.inputNames, session.outputNames]).toEqual([['image'], ['mean', 'spread']])
})
