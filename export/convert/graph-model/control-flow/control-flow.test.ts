import { expect, test } from 'vitest'
import type { Numbers } from '../../check/numbers.ts'
import { compareRuntimes, requireParity } from '../../check/parity.ts'
import { RUNTIMES } from '../../node/runtimes.ts'
import { expectParity, operatorsOf, waves, whole } from '../../testing/graph-parity.ts'
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
  expect(operatorsOf(converted)).toContain('Loop')
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
  expect(operatorsOf(converted)).toContain('If')
})

const argument = (name: string) => ({ name, type: 'DT_FLOAT' })

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
