import * as tf from '@tensorflow/tfjs'
import { beforeAll, expect, test } from 'vitest'
import { drawInputs, tableInputs } from '../check/draw-inputs.ts'
import { requireParity } from '../check/parity.ts'
import { readLayersModel } from '../layers-model/read-layers-model.ts'
import { measureParity } from '../node/measure-parity.ts'
import { NATIVE_RUNTIME } from '../node/runtimes.ts'
import { decode } from '../testing/decode-onnx.ts'
import { randomize, saved } from '../testing/models.ts'
import { convertModel } from '../to-onnx/convert-model.ts'

beforeAll(async () => {
  await tf.setBackend('cpu')
})

const apply = (layer: tf.layers.Layer, x: tf.SymbolicTensor) => layer.apply(x) as tf.SymbolicTensor
const image = () => tf.input({ name: 'x', shape: [5, 5, 2] })
const norm = (name: string) => tf.layers.batchNormalization({ name })
const conv = (useBias: boolean) => tf.layers.conv2d({ name: 'conv', filters: 3, kernelSize: 2, useBias })

/** Converts a model and checks it against TF.js: its operators, and the names of its weights. */
async function converted(inputs: tf.SymbolicTensor, outputs: tf.SymbolicTensor | tf.SymbolicTensor[]) {
  const model = tf.model({ inputs, outputs })
  randomize(model, 9)
  const artifacts = await saved(model)
  const file = await convertModel(artifacts)
  const { network } = await readLayersModel(artifacts)
  requireParity(
    await measureParity(model, file, drawInputs(file, tableInputs(network)), NATIVE_RUNTIME),
    1e-5,
  )
  const { node, initializer } = decode(file.bytes).graph!
  return { operators: node.map(({ opType }) => opType), weights: initializer.map(({ name }) => name) }
}

test.each([true, false])(
  'batch normalization behind a convolution leaves no node, bias %s',
  async useBias => {
    const x = image()
    const { operators, weights } = await converted(x, apply(norm('bn'), apply(conv(useBias), x)))
    expect(operators).toEqual(['Transpose', 'Conv', 'Transpose'])
    expect(weights).toEqual(['conv/kernel', useBias ? 'conv/bias' : 'conv/folded_bias'])
  },
)

test('batch normalization behind a dense layer and behind a transposed convolution leaves no node', async () => {
  const x = tf.input({ name: 'x', shape: [6] })
  const dense = tf.layers.dense({ name: 'dense', units: 4 })
  expect((await converted(x, apply(norm('bn'), apply(dense, x)))).operators).toEqual(['Gemm'])
  const y = image()
  const up = tf.layers.conv2dTranspose({ name: 'up', filters: 3, kernelSize: 3, strides: 2, padding: 'same' })
  const { operators } = await converted(y, apply(norm('bn'), apply(up, y)))
  expect(operators).toEqual(['Transpose', 'ConvTranspose', 'Transpose'])
})

test('batch normalization behind an activation, or behind a convolution with another reader, stays', async () => {
  const x = image()
  const relu = tf.layers.reLU({ name: 'relu' })
  const behind = await converted(x, apply(norm('bn'), apply(relu, apply(conv(true), x))))
  expect(behind.operators).toEqual(['Transpose', 'Conv', 'Relu', 'Sub', 'Mul', 'Add', 'Transpose'])
  const z = image()
  const y = apply(conv(true), z)
  const { operators } = await converted(z, [apply(norm('bn'), y), y])
  expect(operators.filter(op => ['Sub', 'Mul', 'Add'].includes(op))).toEqual(['Sub', 'Mul', 'Add'])
})

test('a convolution used twice gets folded weights for each use, and unread weights are left out', async () => {
  const x = image()
  const shared = conv(false)
  const first = apply(norm('first'), apply(shared, x))
  const turned = apply(tf.layers.permute({ name: 'turned', dims: [2, 1, 3] }), x)
  const second = apply(norm('second'), apply(shared, turned))
  const { operators, weights } = await converted(x, [first, second])
  expect(operators.filter(op => op !== 'Transpose')).toEqual(['Conv', 'Conv'])
  expect(weights).toHaveLength(4)
  expect(weights).not.toContain('conv/kernel')
})
