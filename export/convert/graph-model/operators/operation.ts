import { broadcastDims } from '../../../../models/onnx/broadcast.ts'
import { sizeOf } from '../../graph/arrays.ts'
import type { Builder } from '../../graph/builder.ts'
import { channelsFirst, channelsLast } from '../../graph/layout.ts'
import { cast } from '../../graph/operators.ts'
import type { Value } from '../../graph/value.ts'
import type { Attributes, DType } from '../topology/attributes.ts'
import {
  type Element,
  isStatic,
  knownNumbers,
  knownTensor,
  MOST_ELEMENTS,
  ONNX_TYPES,
  type Tensor,
  tensorOf,
  weightValue,
} from '../topology/tensor.ts'

/** One node of the graph, with everything that its conversion may use. */
export interface Operation {
  graph: Builder
  name: string
  op: string
  inputs: readonly Tensor[]
  attributes: Attributes
  /** The input at an index. Throws if the node has fewer inputs. */
  input(place: number): Tensor
  /**
   * The numbers of an input. Throws if they are not known at conversion, as axes must be. `what` describes them for the
   * error.
   */
  numbers(place: number, what: string): number[]
  /** A name for a size that is known only at run time. */
  dim(axis: number): string
  /** Throws a ConversionError whose message has the node's name and operator before `reason`. */
  fail(reason: string): never
}

/** A result with elements that are known at conversion. */
export interface Known {
  dtype: DType
  dims: readonly number[]
  elements: readonly Element[]
}

/** Defines how one operator becomes ONNX operators. */
export interface OperatorDefinition {
  convert(operation: Operation): Tensor | Tensor[]
  /** The elements of the results if they follow from those of the inputs; undefined otherwise. */
  fold?(operation: Operation): Known | Known[] | undefined
  /** Remark for the documentation: cases that are refused, or other limits. */
  note?: string
}

/** Definitions by TensorFlow's name of the operator. */
export type Operators = Readonly<Record<string, OperatorDefinition>>

/**
 * Converts a node. If the elements of its results are known, operators are added only when something reads the values.
 */
export function applyOperator(definition: OperatorDefinition, operation: Operation): Tensor[] {
  const known = definition.fold?.(operation)
  const emit = () => [definition.convert(operation)].flat()
  if (!known) return emit()
  const list = [known].flat()
  if (
    list.some(({ elements, dims }) => elements.length > MOST_ELEMENTS || elements.length !== sizeOf(dims))
  ) {
    return emit()
  }
  let converted: Tensor[] | undefined
  return list.map(({ dtype, dims, elements }, i) =>
    knownTensor(operation.graph, dtype, dims, elements, () => (converted ??= emit())[i].value),
  )
}

/** Normalizes an axis to count from the front. */
export function axisOf(operation: Operation, axis: number, rank: number): number {
  const counted = axis < 0 ? axis + rank : axis
  if (Number.isInteger(counted) && counted >= 0 && counted < Math.max(rank, 1)) return counted
  return operation.fail(`expected an axis from ${-rank} to ${rank - 1}, got ${axis}`)
}

/** Casts a tensor by TF.js's rules: to integers towards zero, to bool by comparison with 0. */
export function castTensor(graph: Builder, tensor: Tensor, dtype: DType): Value {
  if (tensor.dtype === dtype || dtype === 'string' || dtype === 'complex64') return tensor.value
  return cast(graph, tensor.value, ONNX_TYPES[dtype])
}

const ORDER: readonly DType[] = ['bool', 'int32', 'float32']

/** Casts inputs to the widest of their element types. */
export function promoted(graph: Builder, inputs: readonly Tensor[]): Tensor[] {
  const widest = ORDER[Math.max(...inputs.map(({ dtype }) => ORDER.indexOf(dtype)))]
  return inputs.map(input => {
    if (input.dtype === widest) return input
    const numbers = input.elements && knownNumbers(input)
    if (numbers && isStatic(input.dims)) {
      return knownTensor(graph, widest, input.dims, numbers, () => castTensor(graph, input, widest))
    }
    return tensorOf(elementwiseCast(graph, input, widest))
  })
}

/** Casts a tensor and keeps the order of an image's axes. */
export function elementwiseCast(graph: Builder, input: Tensor, dtype: DType): Value {
  const first = graph.layouts.get(input.value.name)
  if (!first || input.dtype === dtype) return castTensor(graph, input, dtype)
  return channelsLast(graph, castTensor(graph, { ...input, value: first }, dtype))
}

/**
 * Adds an operator that treats all axes alike, with NumPy's broadcasting. If an input is an image that ONNX's operators
 * have channels-first, the other inputs are transposed to this order and the result keeps it.
 */
export function broadcasted(
  graph: Builder,
  inputs: readonly Tensor[],
  emit: (...values: Value[]) => Value,
): Tensor {
  const values = inputs.map(({ value }) => value)
  const rank = Math.max(...inputs.map(({ dims }) => dims.length))
  const images = values.filter(value => value.dims.length === rank && graph.layouts.has(value.name))
  if (images.length > 0 && rank >= 3) {
    const turned = inputs.map(input => turnedInput(graph, input, rank))
    if (turned.every(value => value !== undefined)) return tensorOf(channelsLast(graph, emit(...turned)))
  }
  return tensorOf(emit(...values))
}

function turnedInput(graph: Builder, input: Tensor, rank: number): Value | undefined {
  const { dims } = input
  const layout = dims.length === rank ? graph.layouts.get(input.value.name) : undefined
  if (layout) return layout
  if (dims.every(dim => dim === 1)) return input.value
  if (dims.slice(0, -1).every(dim => dim === 1) && typeof dims.at(-1) === 'number') {
    const channels = [dims.at(-1) as number, ...Array<number>(rank - 2).fill(1)]
    if (input.weight && input.dtype === 'float32') {
      const name = `${input.weight.name}/${channels.join('x')}`
      return graph.exact(name, channels, input.weight.values)
    }
    return graph.op('Reshape', [input.value, graph.ints(channels)])
  }
  if (dims.length === rank) return channelsFirst(graph, input.value)
  if (!isStatic(dims)) return undefined
  const padded = [...Array<number>(rank - dims.length).fill(1), ...dims]
  return channelsFirst(graph, graph.op('Reshape', [input.value, graph.ints(padded)]))
}

/** Defines an elementwise operator with one input and constant attributes. */
export function unaryOp(op: string, attributes: Parameters<Builder['op']>[2] = {}): OperatorDefinition {
  return {
    convert: ({ graph, input }) => {
      const x =
        input(0).dtype === 'float32' ? input(0) : tensorOf(elementwiseCast(graph, input(0), 'float32'))
      return broadcasted(graph, [x], value => graph.op(op, [value], attributes))
    },
  }
}

/** Folds an elementwise function over known elements, with broadcasting. */
export function foldElementwise(
  inputs: readonly Tensor[],
  dtype: DType,
  compute: (...elements: number[]) => number | undefined,
  symbolic?: (...elements: Element[]) => Element,
): Known | undefined {
  if (inputs.some(({ elements, dims }) => !elements || !isStatic(dims))) return undefined
  let dims: number[]
  try {
    dims = inputs.map(input => input.dims).reduce(broadcastDims) as number[]
  } catch {
    return undefined
  }
  const elements = Array.from({ length: sizeOf(dims) }, (_, i): Element => {
    const operands = inputs.map(input => input.elements![sourceIndex(i, dims, input.dims as number[])])
    if (operands.every(operand => typeof operand === 'number')) return compute(...operands)
    return symbolic?.(...operands)
  })
  return { dtype, dims, elements }
}

/** The row-major index, in a tensor with sizes `from`, of the element that broadcasting puts at index i of `dims`. */
function sourceIndex(i: number, dims: readonly number[], from: readonly number[]): number {
  let rest = i
  let index = 0
  let stride = 1
  for (let axis = dims.length - 1; axis >= 0; axis--) {
    const at = rest % dims[axis]
    rest = Math.floor(rest / dims[axis])
    const size = from[axis - dims.length + from.length]
    if (size === undefined) break
    if (size > 1) index += at * stride
    stride *= size
  }
  return index
}

/** A bias or another vector with one number per channel, stored as a weight. */
export const vectorWeight = (graph: Builder, tensor: Tensor): Value => weightValue(graph, tensor)

/** A tensor with the same elements in another arrangement, for folding. */
export const moved = (x: Tensor, dims: readonly number[], elements: readonly Element[]): Known => ({
  dtype: x.dtype,
  dims,
  elements,
})
