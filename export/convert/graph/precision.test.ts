import { expect, test } from 'vitest'
import { storeConstant } from './precision.ts'
import type { Constant, Value } from './value.ts'

const weight = (values: number[], dims: number[], axis?: number): Value & { constant: Constant } => ({
  name: 'w',
  type: 'float',
  dims,
  constant: { values, weight: true, axis },
})

test('precision fp16 rounds weights to the nearest half', () => {
  const { tensors, nodes } = storeConstant(weight([1, 1 / 3, -65504, 2 ** -24], [4]), 'fp16')
  expect(tensors).toHaveLength(1)
  expect(tensors[0]).toMatchObject({ type: 'float16', dims: [4] })
  expect([...new Float16Array(tensors[0].data.buffer)]).toEqual([1, 0.333251953125, -65504, 2 ** -24])
  expect(nodes).toMatchObject([{ op: 'Cast', inputs: ['w/fp16'], outputs: ['w'] }])
})

test('a tensor with a number beyond float16 stays float32', () => {
  const { tensors, nodes } = storeConstant(weight([1, 65520], [2]), 'fp16')
  expect([tensors[0].type, nodes]).toEqual(['float', []])
})

test('precision int8 has one scale per channel and errs by at most half of it', () => {
  const values = [1, -200, 0, -0.6, 50, 0, 0.25, 101, 0]
  const { tensors, nodes } = storeConstant(weight(values, [3, 3], 1), 'int8')
  const [codes, scales] = [new Int8Array(tensors[0].data.buffer), new Float32Array(tensors[1].data.buffer)]
  expect([...codes]).toEqual([127, -127, 0, -76, 32, 0, 32, 64, 0])
  expect([...scales]).toEqual([1 / 127, 200 / 127, 1].map(Math.fround))
  values.forEach((value, i) => {
    expect(Math.abs(codes[i] * scales[i % 3] - value)).toBeLessThanOrEqual(scales[i % 3] / 2 + 1e-6)
  })
  expect(nodes).toMatchObject([{ op: 'DequantizeLinear', attributes: { axis: { int: 1 } } }])
})

test('constants other than weights are exact in every precision', () => {
  const slope = { ...weight([0.2], []), constant: { values: [0.2], weight: false } }
  for (const precision of ['fp32', 'fp16', 'int8'] as const) {
    expect(storeConstant(slope, precision).tensors[0].type).toBe('float')
  }
})
