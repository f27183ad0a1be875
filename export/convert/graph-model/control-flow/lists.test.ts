import { test } from 'vitest'
import type { Numbers } from '../../check/numbers.ts'
import { compareRuntimes, requireParity } from '../../check/parity.ts'
import { RUNTIMES } from '../../node/runtimes.ts'
import { expectParity, waves, whole } from '../../testing/graph-parity.ts'
import {
  constant,
  floats,
  graphFiles as graph,
  loop,
  node,
  vector,
} from '../../testing/graph-samples/graphs.ts'
import { attr } from '../../testing/graph-samples/sample.ts'
import { convertModelFiles } from '../../to-onnx/convert-model.ts'

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
