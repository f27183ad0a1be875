import * as tf from '@tensorflow/tfjs'
import { beforeAll, expect, test } from 'vitest'
import { drawInputs, tableInputs } from '../check/draw-inputs.ts'
import { requireParity } from '../check/parity.ts'
import type { Artifacts } from '../files/artifacts.ts'
import { measureParity } from '../node/measure-parity.ts'
import { randomize, saved } from '../testing/models.ts'
import { convertModel } from '../to-onnx/convert-model.ts'
import { readLayersModel } from './read-layers-model.ts'

beforeAll(async () => {
  await tf.setBackend('cpu')
})

const apply = (layer: tf.layers.Layer, ...inputs: tf.SymbolicTensor[]) =>
  layer.apply(inputs.length === 1 ? inputs[0] : inputs) as tf.SymbolicTensor
const input = (name: string, ...shape: number[]) => tf.input({ name, shape })

async function expectAgreement(model: tf.LayersModel): Promise<Awaited<ReturnType<typeof convertModel>>> {
  randomize(model, 5)
  const artifacts = await saved(model)
  const converted = await convertModel(artifacts)
  const inputs = drawInputs(converted, tableInputs((await readLayersModel(artifacts)).network))
  requireParity(await measureParity(model, converted, inputs), 1e-5)
  return converted
}

test('a model inside a model, used twice, converts with its weights stored once', async () => {
  const a = input('a', 4)
  const inner = tf.model({
    inputs: a,
    outputs: apply(tf.layers.dense({ units: 3, name: 'd' }), a),
    name: 'inner',
  })
  const [x, y] = [input('x', 4), input('y', 4)]
  const both = apply(tf.layers.concatenate({ name: 'both' }), apply(inner, x), apply(inner, y))
  const { bytes, inputs } = await expectAgreement(tf.model({ inputs: [x, y], outputs: both }))
  expect(inputs.map(({ name }) => name)).toEqual(['x', 'y'])
  expect(
    Buffer.from(bytes)
      .toString('latin1')
      .match(/inner\/d\/kernel/g),
  ).toHaveLength(3)
})

test('sequential models inside sequential and functional ones convert', async () => {
  const block = (name: string, shape?: number[]) =>
    tf.sequential({
      name,
      layers: [tf.layers.dense({ units: 4, activation: 'relu', name: `${name}_d`, inputShape: shape })],
    })
  await expectAgreement(tf.sequential({ layers: [block('first', [6]), block('second', [4])] }))
  const x = input('x', 6)
  await expectAgreement(tf.model({ inputs: x, outputs: apply(block('inside', [6]), x) }))
})

test('a layer shared at two depths converts', async () => {
  const shared = tf.layers.dense({ units: 4, name: 'shared', activation: 'tanh' })
  const x = input('x', 4)
  const deep = apply(shared, apply(tf.layers.reLU({ name: 'between' }), apply(shared, x)))
  await expectAgreement(tf.model({ inputs: x, outputs: [deep, apply(shared, x)] }))
})

test('an input that is also an output converts, under a name of its own', async () => {
  const x = input('x', 4)
  const y = apply(tf.layers.dense({ units: 2, name: 'y' }), x)
  const { outputs } = await expectAgreement(tf.model({ inputs: x, outputs: [x, y] }))
  expect(outputs.map(({ name }) => name)).toEqual(['x_output', 'y'])
})

test('integer tensors are accepted by layers that move, scale or look up, and refused by others', async () => {
  const x = tf.input({ name: 'x', shape: [4, 3], dtype: 'int32' })
  const flat = apply(
    tf.layers.flatten({ name: 'flat' }),
    apply(tf.layers.permute({ dims: [2, 1], name: 'turned' }), x),
  )
  const scaled = apply(tf.layers.rescaling({ scale: 1 / 255, name: 'scaled' }) as tf.layers.Layer, flat)
  const rows = apply(tf.layers.embedding({ inputDim: 1000, outputDim: 2, name: 'rows' }), x)
  await expectAgreement(tf.model({ inputs: x, outputs: [scaled, rows] }))
  const artifacts = await saved(tf.model({ inputs: x, outputs: apply(tf.layers.reLU({ name: 'relu' }), x) }))
  await expect(convertModel(artifacts)).rejects.toThrow(
    /^relu \(ReLU\): expected float32 as input, got int32/,
  )
})

test('output names that are taken already are refused', async () => {
  const x = input('x', 4)
  const artifacts = await saved(tf.model({ inputs: x, outputs: apply(dense(), x) }))
  await expect(convertModel(artifacts, { outputs: ['x'] })).rejects.toThrow('outputs: the name "x" is taken')
  await expect(convertModel(artifacts, { inputs: ['a', 'b'] })).rejects.toThrow('inputs: expected 1 names')
  const { outputs } = await convertModel(artifacts, { inputs: ['d'] })
  expect(outputs.map(({ name }) => name)).toEqual(['d_output'])
})

test('the states of one recurrent layer can initialize another', async () => {
  const [x, y] = [input('x', 5, 3), input('y', 6, 2)]
  const encoder = tf.layers.lstm({ units: 4, returnState: true, name: 'encoder' })
  const [, h, c] = encoder.apply(x) as tf.SymbolicTensor[]
  const decoder = tf.layers.lstm({ units: 4, returnSequences: true, name: 'decoder' })
  await expectAgreement(tf.model({ inputs: [x, y], outputs: decoder.apply([y, h, c]) as tf.SymbolicTensor }))
})

test('weights are found under the names that Keras gives them', async () => {
  const lstm = tf.layers.lstm({ units: 2, name: 'lstm', inputShape: [4, 3] })
  const artifacts = await saved(tf.sequential({ layers: [lstm], name: 'outer' }))
  const plain = await convertModel(artifacts)
  for (const prefix of ['lstm/lstm_cell/', 'lstm/lstm_cell_7/', 'outer/lstm/lstm_cell_1/']) {
    const weightSpecs = (artifacts.weightSpecs as { name: string }[]).map(entry => ({
      ...entry,
      name: entry.name.replace('lstm/', prefix),
    }))
    const renamed = await convertModel({ ...artifacts, weightSpecs })
    expect(Buffer.from(renamed.bytes).equals(Buffer.from(plain.bytes))).toBe(true)
  }
})

/** A Functional model of one input [null, 4] and these layers in a row, after the change. */
async function refusal(layers: tf.layers.Layer[], change: (text: string) => string): Promise<Artifacts> {
  const x = input('x', 4)
  const y = layers.reduce((value, layer) => apply(layer, value), x)
  const artifacts = await saved(tf.model({ inputs: x, outputs: y, name: 'net' }))
  const before = JSON.stringify(artifacts.modelTopology)
  const after = change(before)
  expect(after).not.toBe(before)
  return { ...artifacts, modelTopology: JSON.parse(after) }
}
const dense = () => tf.layers.dense({ units: 3, name: 'd' })

const REFUSALS: [string, () => tf.layers.Layer[], (text: string) => string, RegExp][] = [
  [
    'a class without a conversion',
    () => [dense()],
    t => t.replace('"Dense"', '"Fancy"'),
    /^d \(Fancy\): layers of class Fancy are not supported; a conversion in `layers` can add/,
  ],
  [
    'a layer that TF.js lacks',
    () => [dense()],
    t => t.replace('"Dense"', '"Subtract"'),
    /^d \(Subtract\): .* TF.js has no such layer/,
  ],
  [
    'a configuration of another type',
    () => [dense()],
    t => t.replace('"units":3', '"units":"3"'),
    /^d \(Dense\): units: .*expected number, received string/,
  ],
  [
    'an unknown activation',
    () => [dense()],
    t => t.replace('"linear"', '"wave"'),
    /^d \(Dense\): activation: Invalid option/,
  ],
  [
    'a weight of another shape',
    () => [dense()],
    t => t.replace('"units":3', '"units":7'),
    /^d \(Dense\): weight "kernel": expected shape \[4, 7\], got \[4, 3\]/,
  ],
  [
    'a missing weight',
    () => [dense()],
    t => t.replaceAll('"d"', '"e"'),
    /^e \(Dense\): weight "e\/kernel" is missing/,
  ],
  [
    'an input that is not there',
    () => [dense()],
    t => t.replace('[["x",0,0,{}]]', '[["w",0,0,{}]]'),
    /takes its input from layer "w", which is not in the model/,
  ],
  [
    'a layer that reads itself',
    () => [dense()],
    t => t.replace('[["x",0,0,{}]]', '[["d",0,0,{}]]'),
    /^d: depends on its own output/,
  ],
  [
    'a tensor that is not made',
    () => [dense()],
    t => t.replace('[["x",0,0,{}]]', '[["x",0,2,{}]]'),
    /^d: expected output 2 of layer "x", which has only 1/,
  ],
  [
    'a use that is not there',
    () => [dense()],
    t => t.replace('[["x",0,0,{}]]', '[["x",3,0,{}]]'),
    /expected a node index from 0 to 0 for layer "x", got 3/,
  ],
  [
    'stateful recurrence',
    () => [tf.layers.repeatVector({ n: 2 }), tf.layers.gru({ units: 2, name: 'g' })],
    t => t.replace('"stateful":false', '"stateful":true'),
    /^g \(GRU\): is stateful: choose --state io, .* or --state reset/,
  ],
  [
    'an activation ONNX’s recurrence lacks',
    () => [tf.layers.repeatVector({ n: 2 }), tf.layers.gru({ units: 2, name: 'g' })],
    t => t.replace('"tanh"', '"gelu"'),
    /^g \(GRU\): ONNX has no gelu inside/,
  ],
  [
    'a use without inputs',
    () => [dense()],
    t => t.replace('[[["x",0,0,{}]]]', '[{"args":[],"kwargs":{}}]'),
    /^d \(Dense\): expected 1 inputs, got 0/,
  ],
]

test.each(REFUSALS)('%s is refused by name, class and reason', async (_, layers, change, expected) => {
  await expect(convertModel(await refusal(layers(), change))).rejects.toThrow(expected)
  await expect(convertModel(await refusal(layers(), change))).rejects.toHaveProperty(
    'name',
    'ConversionError',
  )
})

test('the error names the path of a layer inside models', async () => {
  const a = input('a', 4)
  const inner = tf.model({
    inputs: a,
    outputs: apply(tf.layers.dense({ units: 3, name: 'd' }), a),
    name: 'inner',
  })
  const x = input('x', 4)
  const artifacts = await saved(tf.model({ inputs: x, outputs: apply(inner, x) }))
  const modelTopology = JSON.parse(JSON.stringify(artifacts.modelTopology).replace('"Dense"', '"Fancy"'))
  await expect(convertModel({ ...artifacts, modelTopology })).rejects.toThrow(/^inner\/d \(Fancy\)/)
})

test('a chain of 5,000 layers converts', async () => {
  const names = Array.from({ length: 5000 }, (_, i) => `l${i}`)
  const layers = names.map((name, i) => ({
    className: 'ReLU',
    config: { name, ...(i === 0 ? { batchInputShape: [null, 2] } : {}) },
  }))
  const modelTopology = { className: 'Sequential', config: { name: 'deep', layers } }
  const { outputs } = await convertModel({ modelTopology })
  expect(outputs).toMatchObject([{ name: 'l4999', dims: ['batch', 2] }])
})

test('a model in which TF.js would give a mask to another recurrent layer is refused', async () => {
  const x = input('x', 5, 3)
  const masked = apply(tf.layers.masking({ name: 'mask' }), x)
  const first = apply(tf.layers.lstm({ units: 4, name: 'first' }), masked)
  const again = apply(
    tf.layers.lstm({ units: 4, name: 'again' }),
    apply(tf.layers.repeatVector({ n: 5 }), first),
  )
  const artifacts = await saved(tf.model({ inputs: x, outputs: again }))
  await expect(convertModel(artifacts)).rejects.toThrow(
    /^again: its input has no mask, .* the mask that mask made/,
  )
})
