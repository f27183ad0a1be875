import { expect, test } from 'vitest'
import type { Numbers } from '../../check/numbers.ts'
import { compareRuntimes, requireParity } from '../../check/parity.ts'
import { loadReference } from '../../check/tfjs.ts'
import type { ModelFiles } from '../../files/artifacts.ts'
import { RUNTIMES } from '../../node/runtimes.ts'
import { decode } from '../../testing/decode-onnx.ts'
import {
  constant,
  floats,
  graphFiles as graph,
  loop,
  type GraphNode as Node,
  node,
  vector,
} from '../../testing/graph-samples/graphs.ts'
import { attr } from '../../testing/graph-samples/sample.ts'
import { convertModelFiles } from '../../to-onnx/convert-model.ts'
import type { Converted } from '../../to-onnx/convert-options.ts'

/** Converts a graph and compares it with TF.js in both runtimes, for each of several inputs. */
async function expectParity(files: ModelFiles, ...runs: Numbers[][]): Promise<Converted> {
  const converted = convertModelFiles(files)
  const reference = await loadReference(files)
  for (const inputs of runs) {
    const expected = await reference.predict(inputs)
    requireParity(await compareRuntimes(converted, inputs, expected, RUNTIMES), 1e-5, 1e-6)
  }
  reference.dispose()
  return converted
}

const operators = ({ bytes }: Converted) => decode(bytes).graph!.node.map(({ opType }) => opType)
const waves = (...dims: number[]): Numbers => ({
  dims,
  data: Float32Array.from({ length: dims.reduce((a, b) => a * b, 1) }, (_, i) => Math.sin(1.3 * i)),
})
const whole = (value: number): Numbers => ({ dims: [], data: Int32Array.of(value) })

test('a loop of old graphs runs as often as its input says', async () => {
  const files = graph({
    inputs: { x: { shape: [2, 3] }, n: { shape: [], dtype: 'int32' } },
    constants: { zero: constant(0), one: constant(1), half: floats([], 0.5) },
    nodes: [
      ...loop('f', { i: { start: 'zero', next: 'i/add' }, y: { start: 'x', next: 'y/add' } }, 'less', {
        n_in: 'n',
        one_in: 'one',
        half_in: 'half',
        x_in: 'x',
      }),
      node('less', 'Less', ['i/merge', 'n_in']),
      node('i/add', 'AddV2', ['i/switch:1', 'one_in']),
      node('y/half', 'Mul', ['y/switch:1', 'half_in']),
      node('y/add', 'AddV2', ['y/half', 'x_in']),
    ],
    outputs: ['y/exit', 'i/exit'],
  })
  const converted = await expectParity(files, ...[0, 1, 5].map(n => [waves(2, 3), whole(n)]))
  expect(operators(converted)).toContain('Loop')
})

test('a loop inside a loop converts', async () => {
  const files = graph({
    inputs: { n: { shape: [], dtype: 'int32' } },
    constants: { zero: constant(0), one: constant(1) },
    nodes: [
      ...loop(
        'outer',
        { i: { start: 'zero', next: 'i/add' }, sum: { start: 'zero', next: 'j_sum/exit' } },
        'i/less',
        {
          n_out: 'n',
          one_out: 'one',
          zero_out: 'zero',
        },
      ),
      node('i/less', 'Less', ['i/merge', 'n_out']),
      node('i/add', 'AddV2', ['i/switch:1', 'one_out']),
      ...loop(
        'inner',
        { j: { start: 'zero_out', next: 'j/add' }, j_sum: { start: 'sum/switch:1', next: 'j_sum/add' } },
        'j/less',
        {
          i_in: 'i/switch:1',
          one_in: 'one_out',
        },
      ),
      node('j/less', 'Less', ['j/merge', 'i_in']),
      node('j/add', 'AddV2', ['j/switch:1', 'one_in']),
      node('j_sum/add', 'AddV2', ['j_sum/switch:1', 'j/switch:1']),
    ],
    outputs: ['sum/exit'],
  })
  // TF.js's executor does not finish nested loops: the expected numbers follow from the definition.
  for (const [n, sum] of [
    [0, 0],
    [1, 0],
    [5, 10],
  ]) {
    const expected: Numbers[] = [whole(sum)]
    requireParity(await compareRuntimes(convertModelFiles(files), [whole(n)], expected, RUNTIMES), 0)
  }
})

test('a loop variable whose size grows in each iteration converts', async () => {
  const files = graph({
    inputs: { x: { shape: [1, 2] }, n: { shape: [], dtype: 'int32' } },
    constants: { zero: constant(0), one: constant(1) },
    nodes: [
      ...loop('f', { i: { start: 'zero', next: 'i/add' }, y: { start: 'x', next: 'y/grown' } }, 'less', {
        n_in: 'n',
        one_in: 'one',
        zero_in: 'zero',
        x_in: 'x',
      }),
      node('less', 'Less', ['i/merge', 'n_in']),
      node('i/add', 'AddV2', ['i/switch:1', 'one_in']),
      node('axis', 'Const', [], { dtype: attr.type('int32') }),
      node('y/grown', 'ConcatV2', ['y/switch:1', 'x_in', 'axis'], { N: attr.i(2) }),
    ],
    outputs: ['y/exit'],
  })
  const weightSpecs = [...files.weightSpecs, { name: 'axis', shape: [], dtype: 'int32' }]
  const weightData = [...files.weightData, new Uint8Array(4)]
  await expectParity({ ...files, weightSpecs, weightData }, [waves(1, 2), whole(3)])
})

test('a condition of old graphs runs one of two branches, of different sizes too', async () => {
  const files = graph({
    inputs: { x: { shape: [3, 2] }, p: { shape: [], dtype: 'bool' } },
    constants: { two: floats([], 2), begin: vector(0, 0), size: vector(1, 2) },
    nodes: [
      node('data', 'Switch', ['x', 'p']),
      node('doubled', 'Mul', ['data:1', 'two']),
      node('cut', 'Slice', ['data', 'begin', 'size']),
      node('merged', 'Merge', ['cut', 'doubled']),
      node('y', 'Neg', ['merged']),
    ],
    outputs: ['y'],
  })
  const flag = (value: number): Numbers => ({ dims: [], data: Uint8Array.of(value) })
  const converted = await expectParity(files, [waves(3, 2), flag(1)], [waves(3, 2), flag(0)])
  expect(operators(converted)).toContain('If')
})

test('an array of tensors is scattered, read and written in a loop, and gathered', async () => {
  const array = { dtype: attr.type('float32'), element_shape: { shape: { unknownRank: true } } }
  const files = graph({
    inputs: { x: { shape: [-1, 3] } },
    constants: {
      zero: constant(0),
      one: constant(1),
      begin: vector(0),
      end: vector(1),
      step: vector(1),
      start: floats([3], 0, 0, 0),
    },
    nodes: [
      node('shape', 'Shape', ['x']),
      node('time', 'StridedSlice', ['shape', 'begin', 'end', 'step'], { shrink_axis_mask: attr.i(1) }),
      node('indices', 'Range', ['zero', 'time', 'one']),
      node('read', 'TensorArrayV3', ['time'], array),
      node('filled', 'TensorArrayScatterV3', ['read', 'indices', 'x', 'read:1']),
      node('write', 'TensorArrayV3', ['time'], array),
      ...loop(
        'f',
        {
          i: { start: 'zero', next: 'i/add' },
          sum: { start: 'start', next: 'sum/add' },
          flow: { start: 'write:1', next: 'written' },
        },
        'less',
        { time_in: 'time', one_in: 'one', read_in: 'read', filled_in: 'filled', write_in: 'write' },
      ),
      node('less', 'Less', ['i/merge', 'time_in']),
      node('i/add', 'AddV2', ['i/switch:1', 'one_in']),
      node('row', 'TensorArrayReadV3', ['read_in', 'i/switch:1', 'filled_in'], {
        dtype: attr.type('float32'),
      }),
      node('sum/add', 'AddV2', ['sum/switch:1', 'row']),
      node('written', 'TensorArrayWriteV3', ['write_in', 'i/switch:1', 'sum/add', 'flow/switch:1']),
      node('count', 'TensorArraySizeV3', ['write', 'flow/exit']),
      node('order', 'Range', ['zero', 'count', 'one']),
      node('y', 'TensorArrayGatherV3', ['write', 'order', 'flow/exit'], {
        dtype: attr.type('float32'),
        element_shape: { shape: { dim: [{ size: '3' }] } },
      }),
    ],
    outputs: ['y', 'sum/exit'],
  })
  await expectParity(files, [waves(4, 3)], [waves(1, 3)])
})

const argument = (name: string) => ({ name, type: 'DT_FLOAT' })

test('an array whose elements have an open size is written in a loop, and gathered', async () => {
  const array = { dtype: attr.type('float32'), element_shape: { shape: { unknownRank: true } } }
  const files = graph({
    inputs: { x: { shape: [-1] } },
    constants: { zero: constant(0), one: constant(1), three: constant(3) },
    nodes: [
      node('write', 'TensorArrayV3', ['three'], array),
      ...loop(
        'f',
        { i: { start: 'zero', next: 'i/add' }, flow: { start: 'write:1', next: 'written' } },
        'less',
        { one_in: 'one', three_in: 'three', write_in: 'write', x_in: 'x' },
      ),
      node('less', 'Less', ['i/merge', 'three_in']),
      node('i/add', 'AddV2', ['i/switch:1', 'one_in']),
      node('factor', 'Cast', ['i/add'], { SrcT: attr.type('int32'), DstT: attr.type('float32') }),
      node('scaled', 'Mul', ['x_in', 'factor']),
      node('written', 'TensorArrayWriteV3', ['write_in', 'i/switch:1', 'scaled', 'flow/switch:1']),
      node('order', 'Range', ['zero', 'three', 'one']),
      node('y', 'TensorArrayGatherV3', ['write', 'order', 'flow/exit'], {
        dtype: attr.type('float32'),
        element_shape: { shape: { unknownRank: true } },
      }),
    ],
    outputs: ['y'],
  })
  await expectParity(files, [waves(5)], [waves(2)])
})

test('a loop of functions fills a list of tensors', async () => {
  const files = graph({
    inputs: { x: { shape: [4, 2] }, n: { shape: [], dtype: 'int32' } },
    constants: { zero: constant(0), shape: vector(2), count: constant(4) },
    nodes: [
      node('list', 'TensorListReserve', ['shape', 'count'], { element_dtype: attr.type('float32') }),
      node('rows', 'TensorListFromTensor', ['x', 'shape'], { element_dtype: attr.type('float32') }),
      node('loop', 'StatelessWhile', ['zero', 'list', 'rows', 'n'], {
        cond: { func: { name: 'more' } },
        body: { func: { name: 'step' } },
      }),
      node('y', 'TensorListStack', ['loop:1', 'shape'], {
        element_dtype: attr.type('float32'),
        num_elements: attr.i(4),
      }),
    ],
    outputs: ['y', 'loop'],
    functions: [
      {
        signature: {
          name: 'more',
          inputArg: ['i', 'l', 'r', 'n'].map(argument),
          outputArg: [argument('go')],
        },
        nodeDef: [node('less', 'Less', ['i', 'n'])],
        ret: { go: 'less:z:0' },
      },
      {
        signature: {
          name: 'step',
          inputArg: ['i', 'l', 'r', 'n'].map(argument),
          outputArg: ['i_', 'l_', 'r_', 'n_'].map(argument),
        },
        nodeDef: [
          node('one', 'Const', [], { dtype: attr.type('int32') }),
          node('size', 'Const', [], { dtype: attr.type('int32') }),
          node('add', 'AddV2', ['i', 'one:output:0']),
          node('row', 'TensorListGetItem', ['r', 'i', 'size:output:0'], {
            element_dtype: attr.type('float32'),
          }),
          node('square', 'Square', ['row:item:0']),
          node('set', 'TensorListSetItem', ['l', 'i', 'square:y:0'], { element_dtype: attr.type('float32') }),
        ],
        ret: { i_: 'add:z:0', l_: 'set:output_handle:0', r_: 'r', n_: 'n' },
      },
    ],
  })
  const weightSpecs = [
    ...files.weightSpecs,
    { name: 'one', shape: [], dtype: 'int32' },
    { name: 'size', shape: [1], dtype: 'int32' },
  ]
  const weightData = [
    ...files.weightData,
    new Uint8Array(Int32Array.of(1).buffer),
    new Uint8Array(Int32Array.of(2).buffer),
  ]
  // TF.js frees the list's tensors while the loop still reads them: the expected numbers follow from the definition.
  const converted = convertModelFiles({ ...files, weightSpecs, weightData })
  const x = waves(4, 2)
  const squares = Float32Array.from(x.data, (v, i) => (i < 6 ? v * v : 0))
  const expected: Numbers[] = [{ dims: [4, 2], data: squares }, whole(3)]
  requireParity(await compareRuntimes(converted, [x, whole(3)], expected, RUNTIMES), 1e-6)
})

test('a condition calls one of two functions', async () => {
  const branch = (name: string, op: string) => ({
    signature: { name, inputArg: [argument('a')], outputArg: [argument('b')] },
    nodeDef: [node(`${name}_node`, op, ['a'])],
    ret: { b: `${name}_node:y:0` },
  })
  const files = graph({
    inputs: { p: { shape: [], dtype: 'bool' }, x: { shape: [3] } },
    nodes: [
      node('y', 'StatelessIf', ['p', 'x'], {
        then_branch: { func: { name: 'yes' } },
        else_branch: { func: { name: 'no' } },
      }),
    ],
    outputs: ['y'],
    functions: [branch('yes', 'Square'), branch('no', 'Neg')],
  })
  const flag = (value: number): Numbers => ({ dims: [], data: Uint8Array.of(value) })
  await expectParity(files, [flag(1), waves(3)], [flag(0), waves(3)])
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
  expect(operators(converted)).toEqual(['Reshape'])
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
  const counted = operators(converted)
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
  ['RandomUniform', /^y \(RandomUniform\): this operator is not supported: draws anew/],
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
