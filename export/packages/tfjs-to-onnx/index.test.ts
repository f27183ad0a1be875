import * as tf from '@tensorflow/tfjs'
import { beforeAll, expect, test } from 'vitest'
import { compareRuntimes, requireParity } from '../../convert/check/parity.ts'
import { NATIVE_RUNTIME } from '../../convert/node/runtimes.ts'
import { convertModel } from './index.ts'

beforeAll(() => tf.setBackend('cpu'))

const x = Float32Array.from({ length: 12 }, (_, i) => Math.sin(i))

/** Compares a loaded model's own prediction with that of its file in ONNX Runtime. */
async function expectAgreement(model: tf.LayersModel | tf.GraphModel): Promise<Uint8Array> {
  const converted = await convertModel(model)
  const y = model.predict(tf.tensor(x, [4, 3])) as tf.Tensor
  const expected = [{ dims: y.shape, data: y.dataSync() as Float32Array }]
  requireParity(
    await compareRuntimes(converted, [{ dims: [4, 3], data: x }], expected, NATIVE_RUNTIME),
    1e-5,
    1e-6,
  )
  return converted.bytes
}

test('convertModel takes a loaded tf.LayersModel, as it is at that moment', async () => {
  const model = tf.sequential({
    layers: [
      tf.layers.dense({ units: 5, activation: 'relu', inputShape: [3] }),
      tf.layers.dense({ units: 2, activation: 'sigmoid' }),
    ],
  })
  const before = await expectAgreement(model)
  model.compile({ optimizer: tf.train.sgd(0.5), loss: 'meanSquaredError' })
  await model.fit(tf.tensor(x, [4, 3]), tf.ones([4, 2]), { epochs: 2, verbose: 0 })
  expect(await expectAgreement(model)).not.toEqual(before)
})

test('convertModel takes a loaded tf.GraphModel', async () => {
  const type = { type: 'DT_FLOAT' }
  const shape = (...sizes: number[]) => ({ dim: sizes.map(size => ({ size: String(size) })) })
  const node = [
    { name: 'x', op: 'Placeholder', attr: { dtype: type, shape: { shape: shape(-1, 3) } } },
    {
      name: 'w',
      op: 'Const',
      attr: { dtype: type, value: { tensor: { dtype: 'DT_FLOAT', tensorShape: shape(3, 2) } } },
    },
    {
      name: 'product',
      op: 'MatMul',
      input: ['x', 'w'],
      attr: { T: type, transpose_a: { b: false }, transpose_b: { b: false } },
    },
    { name: 'y', op: 'Relu', input: ['product'], attr: { T: type } },
  ]
  const model = await tf.loadGraphModel(
    tf.io.fromMemory({
      modelTopology: { node, versions: { producer: 1 } },
      format: 'graph-model',
      weightSpecs: [{ name: 'w', shape: [3, 2], dtype: 'float32' }],
      weightData: Float32Array.of(1, -1, 0.5, 2, -0.25, 3).buffer,
    }),
  )
  await expectAgreement(model)
})
