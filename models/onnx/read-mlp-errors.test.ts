import { expect, test } from 'vitest'
import { createRng } from '../random.ts'
import { type DataType, encodeModel, floatTensor, type Node, type Tensor } from './encode-model.ts'
import { readMlp } from './read-mlp.ts'
import { conditional, graph, randoms } from './testing/mlp-graphs.ts'

test.each([
  [conditional(['x', 'x']), 'expected each input once'],
  [conditional(['x', 'w']), 'expected inputs of the graph'],
  [conditional(['x']), 'expected weights for 4 features, got 6'],
  [conditional(['x', 'y'], 'x'), 'expected weights for 4 features, got 6'],
])('readMlp refuses inputs that are not each concatenated once', (refused, message) => {
  expect(() => readMlp(encodeModel(refused))).toThrow(message)
})

const w = floatTensor('w', [6, 2], randoms('w', 12))
const made = (node: Node, tensors: Tensor[] = [w]) => encodeModel(graph([node], tensors, [['y', 2]]))
test.each([
  ['Tanh', { op: 'Tanh', inputs: ['x'], outputs: ['y'] }, /node y \(Tanh\): expected one of Gemm/],
  [
    'another domain',
    { op: 'Gemm', domain: 'com.microsoft', inputs: ['x', 'w'], outputs: ['y'] },
    /com\.microsoft\.Gemm/,
  ],
  [
    'Relu on the input',
    { op: 'Relu', inputs: ['x'], outputs: ['y'] },
    /node y \(Relu\): expected it directly behind a layer/,
  ],
  [
    'transA',
    { op: 'Gemm', inputs: ['x', 'w'], outputs: ['y'], attributes: { transA: { int: 1 } } },
    /transA 0, got 1/,
  ],
  [
    'an unknown input',
    { op: 'MatMul', inputs: ['x', 'v'], outputs: ['y'] },
    /its input v comes from nowhere/,
  ],
  ['x·x', { op: 'MatMul', inputs: ['x', 'x'], outputs: ['y'] }, /expected a constant matrix as weights/],
] satisfies [string, Node, RegExp][])('readMlp refuses %s', (_, node, message) => {
  expect(() => readMlp(made(node))).toThrow(message)
})

test('readMlp refuses weights of another width than the input', () => {
  const narrow = floatTensor('w', [5, 2], randoms('w', 10))
  expect(() => readMlp(made({ op: 'MatMul', inputs: ['x', 'w'], outputs: ['y'] }, [narrow]))).toThrow(
    'expected weights for 6 features, got 5',
  )
})

test.each(['double', 'int32'] satisfies DataType[])('readMlp refuses weights of type %s', type => {
  const tensor: Tensor = { ...w, type }
  expect(() => readMlp(made({ op: 'MatMul', inputs: ['x', 'w'], outputs: ['y'] }, [tensor]))).toThrow(
    'tensor w: expected float, float16 or int8, got data type',
  )
})

test('readMlp refuses weights that are cut short', () => {
  const tensor: Tensor = { ...w, data: w.data.subarray(0, 44) }
  expect(() => readMlp(made({ op: 'MatMul', inputs: ['x', 'w'], outputs: ['y'] }, [tensor]))).toThrow(
    'tensor w: expected 48 bytes for [6,2], got 44',
  )
})

test('readMlp either reads a damaged file or throws a SyntaxError', () => {
  const bytes = made({ op: 'MatMul', inputs: ['x', 'w'], outputs: ['y'] })
  const uniform = createRng(3)
  let refused = 0
  for (let i = 0; i < 2000; i++) {
    const broken = i < bytes.length ? bytes.slice(0, i) : bytes.slice()
    if (i >= bytes.length) broken[Math.floor(uniform() * bytes.length)] = Math.floor(uniform() * 256)
    try {
      readMlp(broken)
    } catch (error) {
      expect(error).toBeInstanceOf(SyntaxError)
      refused++
    }
  }
  expect(refused).toBeGreaterThan(bytes.length)
})

test('readMlp refuses a file that is not ONNX', () => {
  expect(() => readMlp(new TextEncoder().encode('<!doctype html><title>404</title>'))).toThrow(SyntaxError)
  expect(() => readMlp(new Uint8Array())).toThrow('expected an ONNX file, got 0 bytes without a graph')
})
