import { expect, test } from 'vitest'
import type { Numbers } from '../check/numbers.ts'
import { compareRuntimes, requireParity } from '../check/parity.ts'
import { loadReference } from '../check/tfjs.ts'
import { RUNTIMES } from '../node/runtimes.ts'
import { expectParity, operatorsOf, waves } from '../testing/graph-parity.ts'
import {
  constant,
  floats,
  graphFiles as graph,
  type GraphNode as Node,
  node,
  vector,
} from '../testing/graph-samples/graphs.ts'
import { attr } from '../testing/graph-samples/sample.ts'
import { convertModelFiles } from '../to-onnx/convert-model.ts'

test('a vector becomes a matrix whose width is an input', async () => {
  const files = graph({
    inputs: { x: { shape: [-1] }, width: { shape: [], dtype: 'int32' } },
    constants: { one: constant(1) },
    nodes: [
      node('sizes', 'Pack', ['one', 'width'], { N: attr.i(2), axis: attr.i(0) }),
      node('y', 'Reshape', ['x', 'sizes']),
    ],
    outputs: ['y'],
  })
  await expectParity(files, [waves(5), { dims: [], data: Int32Array.of(5) }])
})

test('shape arithmetic on an open batch is folded into constants and names', async () => {
  const files = graph({
    inputs: { x: { shape: [-1, 4, 4, 2] } },
    constants: { begin: vector(0), end: vector(1), step: vector(1), rest: constant(32) },
    nodes: [
      node('shape', 'Shape', ['x']),
      node('batch', 'StridedSlice', ['shape', 'begin', 'end', 'step'], { shrink_axis_mask: attr.i(1) }),
      node('target', 'Pack', ['batch', 'rest'], { N: attr.i(2), axis: attr.i(0) }),
      node('y', 'Reshape', ['x', 'target']),
    ],
    outputs: ['y'],
  })
  const converted = await expectParity(files, [waves(3, 4, 4, 2)], [waves(1, 4, 4, 2)])
  expect(operatorsOf(converted)).toEqual(['Reshape'])
  expect(converted.outputs[0].dims).toEqual(['batch', 32])
})

test('images are transposed once, not around each operator, and batch normalization is folded', async () => {
  const kernel = floats([3, 3, 2, 2], ...Array.from({ length: 36 }, (_, i) => Math.cos(i)))
  const ones = attr.ints([1, 1, 1, 1])
  const windows = { strides: ones, dilations: ones, padding: attr.s('SAME'), data_format: attr.s('NHWC') }
  const files = graph({
    inputs: { x: { shape: [-1, 6, 6, 2] } },
    constants: {
      kernel,
      scale: floats([2], 0.5, 2),
      shift: floats([2], 1, -1),
      pads: { ...vector(0, 0, 1, 1, 1, 1, 0, 0), dims: [4, 2] },
      axes: vector(1, 2),
      size: vector(8, 8),
    },
    nodes: [
      node('padded', 'Pad', ['x', 'pads']),
      node('conv1', 'Conv2D', ['padded', 'kernel'], { ...windows, padding: attr.s('VALID') }),
      node('scaled', 'Mul', ['conv1', 'scale']),
      node('shifted', 'AddV2', ['scaled', 'shift']),
      node('relu', 'Relu6', ['shifted']),
      node('conv2', 'Conv2D', ['relu', 'kernel'], windows),
      node('sum', 'AddV2', ['conv2', 'relu']),
      node('resized', 'ResizeBilinear', ['sum', 'size'], { half_pixel_centers: attr.b(true) }),
      node('pooled', 'MaxPool', ['resized'], { ...windows, ksize: attr.ints([1, 2, 2, 1]) }),
      node('y', 'Mean', ['pooled', 'axes'], { keep_dims: attr.b(false) }),
    ],
    outputs: ['y'],
  })
  const converted = await expectParity(files, [waves(2, 6, 6, 2)])
  const counted = operatorsOf(converted)
  expect(counted.filter(op => op === 'Transpose')).toHaveLength(1)
  expect(counted).not.toContain('Mul')
})

test('strings that are lists of bytes, as old converters wrote them, are read', async () => {
  const bytes = (text: string) => ({ s: Array.from(text, letter => letter.charCodeAt(0)) })
  const files = graph({
    inputs: { x: { shape: [1, 5, 5, 1] } },
    nodes: [
      node('y', 'MaxPool', ['x'], {
        ksize: attr.ints([1, 2, 2, 1]),
        strides: attr.ints([1, 2, 2, 1]),
        padding: bytes('SAME'),
        data_format: bytes('NHWC'),
      }),
    ],
    outputs: ['y'],
  })
  await expectParity(files, [waves(1, 5, 5, 1)])
})

test('the magnitudes of a spectrum are computed as in TF.js', async () => {
  const files = graph({
    inputs: { x: { shape: [2, 6] } },
    constants: { length: vector(8) },
    nodes: [node('spectrum', 'RFFT', ['x', 'length']), node('y', 'ComplexAbs', ['spectrum'])],
    outputs: ['y'],
  })
  // TF.js's RFFT accepts only signals of the transform's length: compare with the signal padded with zeros.
  const [x] = [waves(2, 6)]
  const full = graph({
    inputs: { x: { shape: [2, 8] } },
    constants: { length: vector(8) },
    nodes: [node('spectrum', 'RFFT', ['x', 'length']), node('y', 'ComplexAbs', ['spectrum'])],
    outputs: ['y'],
  })
  const padded: Numbers = { dims: [2, 8], data: new Float32Array(16) }
  for (let i = 0; i < 12; i++) padded.data[Math.floor(i / 6) * 8 + (i % 6)] = x.data[i]
  await expectParity(full, [padded])
  const reference = await loadReference(full)
  requireParity(
    await compareRuntimes(convertModelFiles(files), [x], await reference.predict([padded]), RUNTIMES),
    1e-5,
  )
})

test.each([
  ['StringToHashBucketFast', /^y \(StringToHashBucketFast\): this operator is not supported: strings/],
  ['SparseReshape', /^y \(SparseReshape\): this operator is not supported: sparse tensors/],
  ['RandomUniform', /^y \(RandomUniform\): this operator is not supported: random numbers/],
  ['Wobble', /^y \(Wobble\): this operator is not supported/],
])('%s is refused with the node’s name, the operator and the reason', (op, expected) => {
  const files = graph({ inputs: { x: { shape: [2] } }, nodes: [node('y', op, ['x'])], outputs: ['y'] })
  expect(() => convertModelFiles(files)).toThrow(expected)
})

test('a node that reads itself or a missing node is refused', () => {
  const refuse = (...nodes: Node[]) =>
    graph({
      inputs: { x: { shape: [2] } },
      nodes: [...nodes, node('y', 'Neg', [nodes[0].name])],
      outputs: ['y'],
    })
  expect(() => convertModelFiles(refuse(node('a', 'AddV2', ['x', 'a'])))).toThrow(
    'a (AddV2): depends on its own output',
  )
  expect(() => convertModelFiles(refuse(node('a', 'AddV2', ['x', 'b'])))).toThrow(
    'a (AddV2): takes its input from node "b", which is not in the graph',
  )
})

test('a chain of 20,000 nodes converts', () => {
  const nodes = Array.from({ length: 20_000 }, (_, i) => node(`n${i}`, 'Neg', [i === 0 ? 'x' : `n${i - 1}`]))
  const { outputs } = convertModelFiles(graph({ inputs: { x: { shape: [2] } }, nodes, outputs: ['n19999'] }))
  expect(outputs).toMatchObject([{ name: 'n19999', dims: [2] }])
})
