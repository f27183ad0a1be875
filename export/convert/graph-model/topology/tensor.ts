import type { DataType } from '../../../../models/onnx/encode-model.ts'
import { permute } from '../../graph/arrays.ts'
import type { Builder } from '../../graph/builder.ts'
import { cast } from '../../graph/operators.ts'
import type { Dim, Value } from '../../graph/value.ts'
import type { DType } from './attributes.ts'

/**
 * An element known at conversion: a number, or the name of a size of the model's input. Undefined if it is not known.
 */
export type Element = number | string | undefined

/** A tensor of the TensorFlow graph, with its axes in TF.js's order. */
export interface Tensor {
  dtype: DType
  dims: readonly Dim[]
  /** Its elements, row-major, for small tensors (shapes, axes, sizes) of which at least some are known. */
  elements?: readonly Element[]
  /** Its numbers, if it is a stored weight. */
  weight?: { name: string; dims: readonly number[]; values: ArrayLike<number> }
  /** The real and imaginary parts of complex numbers. */
  complex?: { re: Tensor; im: Tensor }
  /** Number of elements of a list of tensors, which is kept stacked along a first axis. */
  list?: { count: Tensor }
  /** Whether its elements are 0, 1, 2 … up to its size. */
  counts?: boolean
  /** The value in the ONNX graph; added to the graph when it is first read. */
  readonly value: Value
}

/** ONNX's names of the element types that a graph's values can have. */
export const ONNX_TYPES = { float32: 'float', int32: 'int32', bool: 'bool' } as const

/** Elements are tracked only in tensors up to this size: larger ones are data, not shapes. */
export const MOST_ELEMENTS = 1024

const DTYPES: Partial<Record<DataType, DType>> = { float: 'float32', int32: 'int32', bool: 'bool' }

/** A tensor that is a value of the graph. */
export function tensorOf(value: Value): Tensor {
  return { dtype: DTYPES[value.type] ?? 'float32', dims: value.dims, value }
}

/** A tensor with known elements, which `emit` adds to the graph when its value is first read. */
export function knownTensor(
  graph: Builder,
  dtype: DType,
  dims: readonly number[],
  elements: readonly Element[],
  emit: () => Value,
): Tensor {
  let value: Value | undefined
  // The value must be added to the graph that is being built here, not to the subgraph that reads it first.
  const { nodes } = graph
  const numbers = elements.every(element => typeof element === 'number')
  const make = () => (numbers ? smallConstant(graph, dtype, dims, elements) : graph.appendTo(nodes, emit))
  return {
    dtype,
    dims,
    elements,
    get value() {
      return (value ??= make())
    },
  }
}

/** A constant of numbers known at conversion. */
export function constantTensor(
  graph: Builder,
  dtype: 'float32' | 'int32' | 'bool',
  dims: readonly number[],
  values: readonly number[],
): Tensor {
  return knownTensor(graph, dtype, dims, values, () => smallConstant(graph, dtype, dims, values))
}

function smallConstant(
  graph: Builder,
  dtype: DType,
  dims: readonly number[],
  values: readonly number[],
): Value {
  if (dtype === 'float32') return graph.floats(dims, values)
  const type = dtype === 'bool' ? 'bool' : 'int32'
  return graph.constant(`${type}[${dims.join(',')}](${values.join(',')})`, type, dims, values)
}

/** A stored tensor of the model. */
export function weightTensor(
  graph: Builder,
  name: string,
  dtype: DType,
  dims: readonly number[],
  values: Float32Array | Int32Array | Uint8Array,
): Tensor {
  const small = values.length <= MOST_ELEMENTS
  let value: Value | undefined
  const make = () => {
    if (small && values.length <= 16) return smallConstant(graph, dtype, dims, Array.from(values))
    return graph.constant(
      name,
      dtype === 'float32' ? 'float' : dtype === 'bool' ? 'bool' : 'int32',
      dims,
      values,
    )
  }
  return {
    dtype,
    dims,
    ...(small && { elements: Array.from(values) }),
    weight: { name, dims, values },
    get value() {
      return (value ??= make())
    },
  }
}

/**
 * A tensor as a trained weight, which may be stored in reduced precision, with its axes in another order.
 *
 * @param axis of the result that is the output channel
 */
export function weightValue(
  graph: Builder,
  tensor: Tensor,
  form: { perm?: readonly number[]; dims?: readonly number[]; axis?: number } = {},
): Value {
  const { weight } = tensor
  const perm = form.perm ?? tensor.dims.map((_, i) => i)
  const turned = perm.some((axis, i) => axis !== i)
  if (!weight || tensor.dtype !== 'float32') {
    const value = turned ? graph.op('Transpose', [tensor.value], { perm: { ints: perm } }) : tensor.value
    return form.dims ? graph.op('Reshape', [value, graph.ints(form.dims)]) : value
  }
  const dims = form.dims ?? perm.map(axis => weight.dims[axis])
  const name = turned || form.dims ? `${weight.name}/${dims.join('x')}` : weight.name
  const values = turned ? permute(weight.values, weight.dims, perm) : weight.values
  return graph.weight(name, dims, values, form.axis)
}

/** The elements as numbers; undefined if any is unknown. */
export function knownNumbers({ elements, weight }: Tensor): number[] | undefined {
  if (elements?.every(element => typeof element === 'number')) return [...elements]
  return weight && Array.from(weight.values)
}

/** Converts a tensor to an int64 value, for operators that take shapes, axes or indices. */
export function asInt64(graph: Builder, tensor: Tensor): Value {
  const numbers = tensor.elements && knownNumbers(tensor)
  if (numbers) return graph.ints(numbers, tensor.dims as number[])
  return cast(graph, tensor.value, 'int64')
}

/** Whether every size is a number. */
export const isStatic = (dims: readonly Dim[]): dims is number[] => dims.every(dim => typeof dim === 'number')
