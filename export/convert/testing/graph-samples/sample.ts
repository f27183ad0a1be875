import fc from 'fast-check'
import { createRng, normals } from '../../../../models/random.ts'
import type { Numbers } from '../../check/numbers.ts'
import type { ModelFiles } from '../../files/artifacts.ts'
import { sizeOf } from '../../graph/arrays.ts'
import { int } from '../drawing.ts'

/** Types of operands. */
export type DType = 'float32' | 'int32' | 'bool'

/** One input of the operator under test. */
export interface Operand {
  dims: number[]
  dtype: DType
  /** Its numbers; drawn at random if left out. */
  values?: number[]
  /** The range that numbers are drawn from, uniformly; standard normals without it. */
  range?: [number, number]
  /** Whether it is a constant of the graph rather than an input of the model. */
  constant?: boolean
  /** Whether the model leaves its first size open. */
  open?: boolean
}

/** A graph of one operator. */
export interface GraphSample {
  op: string
  attr: Record<string, unknown>
  inputs: Operand[]
  /** How many results it has; default 1. */
  outputs?: number
}

/** Attributes as a graph-model's JSON states them: strings in base64, integers as text. */
export const attr = {
  s: (text: string) => ({ s: btoa(text) }),
  i: (value: number) => ({ i: String(value) }),
  f: (value: number) => ({ f: value }),
  b: (value: boolean) => ({ b: value }),
  ints: (values: readonly number[]) => ({ list: { i: values.map(String) } }),
  strings: (values: readonly string[]) => ({ list: { s: values.map(value => btoa(value)) } }),
  type: (dtype: DType) => ({ type: { float32: 'DT_FLOAT', int32: 'DT_INT32', bool: 'DT_BOOL' }[dtype] }),
}

const BYTES = { float32: Float32Array, int32: Int32Array, bool: Uint8Array } as const
const TYPES = { float32: 'DT_FLOAT', int32: 'DT_INT32', bool: 'DT_BOOL' } as const

function numbersOf({ dims, dtype, values, range }: Operand, seed: number, place: number): Numbers['data'] {
  const uniform = createRng(seed, `operand-${place}`)
  const length = sizeOf(dims)
  if (values) return BYTES[dtype].from(values)
  if (dtype === 'bool') return Uint8Array.from({ length }, () => Math.floor(uniform() * 2))
  if (dtype === 'int32') {
    const [low, high] = range ?? [-9, 9]
    return Int32Array.from({ length }, () => Math.floor(low + uniform() * (high - low + 1)))
  }
  if (!range) return normals(uniform, new Float32Array(length))
  return Float32Array.from({ length }, () => range[0] + uniform() * (range[1] - range[0]))
}

/** The graph-model of a sample, and numbers for its inputs. */
export function graphModel(sample: GraphSample, seed: number): { files: ModelFiles; inputs: Numbers[] } {
  const node: unknown[] = []
  const weightSpecs: unknown[] = []
  const weightData: Uint8Array<ArrayBuffer>[] = []
  const inputs: Numbers[] = []
  const signature: Record<'inputs' | 'outputs', Record<string, unknown>> = { inputs: {}, outputs: {} }
  for (const [i, operand] of sample.inputs.entries()) {
    const data = numbersOf(operand, seed, i)
    const name = `x${i}`
    const dtype = { type: TYPES[operand.dtype] }
    if (operand.constant) {
      node.push({ name, op: 'Const', attr: { dtype } })
      weightSpecs.push({ name, shape: operand.dims, dtype: operand.dtype })
      weightData.push(new Uint8Array(data.buffer as ArrayBuffer, data.byteOffset, data.byteLength))
      continue
    }
    const sizes = operand.dims.map((size, axis) => ({ size: String(operand.open && axis === 0 ? -1 : size) }))
    node.push({ name, op: 'Placeholder', attr: { dtype, shape: { shape: { dim: sizes } } } })
    signature.inputs[name] = { name: `${name}:0`, dtype: TYPES[operand.dtype], tensorShape: { dim: sizes } }
    inputs.push({ dims: operand.dims, data })
  }
  node.push({ name: 'y', op: sample.op, input: sample.inputs.map((_, i) => `x${i}`), attr: sample.attr })
  for (let i = 0; i < (sample.outputs ?? 1); i++) signature.outputs[`y${i}`] = { name: `y:${i}` }
  return {
    files: { modelTopology: { node, library: {}, versions: {} }, weightSpecs, weightData, signature },
    inputs,
  }
}

/** The size of an axis: small, so that a check is quick. */
export const small = int(1, 4)
/** A shape of `least` to `most` axes. */
export const dims = (least: number, most: number, size: fc.Arbitrary<number> = small) =>
  fc.array(size, { minLength: least, maxLength: most })

/** An operand of floats with this shape. */
export const float = (sizes: number[], more: Partial<Operand> = {}): Operand => ({
  dims: sizes,
  dtype: 'float32',
  ...more,
})
/** An operand of integers with this shape. */
export const ints = (sizes: number[], more: Partial<Operand> = {}): Operand => ({
  dims: sizes,
  dtype: 'int32',
  ...more,
})
/** An operand of booleans with this shape. */
export const flags = (sizes: number[], more: Partial<Operand> = {}): Operand => ({
  dims: sizes,
  dtype: 'bool',
  ...more,
})
/** A constant vector, such as a shape or axes. */
export const vector = (values: readonly number[]): Operand =>
  ints([values.length], { values: [...values], constant: true })
/** A constant integer. */
export const number = (value: number): Operand => ints([], { values: [value], constant: true })

/** The same drawn operands for each operator of a list. */
export const each = (
  ops: readonly string[],
  draw: (op: string) => fc.Arbitrary<Omit<GraphSample, 'op'>>,
): Record<string, fc.Arbitrary<GraphSample>> =>
  Object.fromEntries(ops.map(op => [op, draw(op).map(sample => ({ op, ...sample }))]))
