import type { Builder } from '../../../graph/builder.ts'
import { cast, scalar } from '../../../graph/operators.ts'
import type { Dim, Value } from '../../../graph/value.ts'
import type { DType } from '../../topology/attributes.ts'
import { asInt64, type Element, MOST_ELEMENTS, type Tensor, tensorOf } from '../../topology/tensor.ts'
import {
  castTensor,
  moved,
  type Operation,
  type OperatorDefinition,
  type Operators,
  promoted,
} from '../operation.ts'

const tile: OperatorDefinition = {
  convert: operation => {
    const { graph } = operation
    const [x, multiples] = [operation.input(0), operation.input(1)]
    const known = multiples.elements
    const dims = x.dims.map((dim, i): Dim => {
      const times = known?.[i]
      if (times === 1) return dim
      if (dim === 1 && typeof times === 'string') return times
      return typeof times === 'number' && typeof dim === 'number' ? dim * times : operation.dim(i)
    })
    if (known?.every(n => n === 1)) return x
    const isBool = x.dtype === 'bool'
    const value = isBool ? castTensor(graph, x, 'int32') : x.value
    const tiled = tensorOf(
      graph.op('Tile', [value, asInt64(graph, multiples)], {}, { type: value.type, dims }),
    )
    return isBool ? tensorOf(castTensor(graph, tiled, 'bool')) : tiled
  },
}

/** The sizes of a result, from a shape tensor. */
export function dimsFrom(operation: Operation, shape: Tensor): Dim[] {
  if (shape.dims.length !== 1 || typeof shape.dims[0] !== 'number') {
    return operation.fail('expected a shape whose length is known')
  }
  const elements = shape.elements ?? Array<Element>(shape.dims[0]).fill(undefined)
  return elements.map((size, axis) => size ?? operation.dim(axis))
}

const broadcastTo: OperatorDefinition = {
  convert: operation => {
    const { graph } = operation
    const [x, shape] = [operation.input(0), operation.input(1)]
    const dims = dimsFrom(operation, shape)
    return tensorOf(graph.op('Expand', [x.value, asInt64(graph, shape)], {}, { type: x.value.type, dims }))
  },
}

const fill: OperatorDefinition = {
  convert: operation => {
    const { graph } = operation
    const [shape, x] = [operation.input(0), operation.input(1)]
    if (x.dtype === 'string') operation.fail('strings are not supported')
    const dims = dimsFrom(operation, shape)
    return tensorOf(graph.op('Expand', [x.value, asInt64(graph, shape)], {}, { type: x.value.type, dims }))
  },
  fold: ({ input }) => {
    const [shape, x] = [input(0), input(1)]
    const [element] = x.elements ?? []
    const dims = shape.elements
    if (element === undefined || !dims?.every(size => typeof size === 'number')) return undefined
    const size = dims.reduce((a, b) => a * b, 1)
    return size > MOST_ELEMENTS ? undefined : moved(x, dims, Array<Element>(size).fill(element))
  },
}

const range: OperatorDefinition = {
  convert: operation => {
    const { graph } = operation
    const inputs = promoted(graph, [operation.input(0), operation.input(1), operation.input(2)])
    const [start, limit, delta] = inputs.map(({ elements }) => elements?.[0])
    const size: Dim =
      typeof start === 'number' && typeof limit === 'number' && typeof delta === 'number'
        ? Math.max(0, Math.ceil((limit - start) / delta))
        : start === 0 && delta === 1 && typeof limit === 'string'
          ? limit
          : operation.dim(0)
    const [{ value }] = inputs
    const made = graph.op(
      'Range',
      inputs.map(input => input.value),
      {},
      { type: value.type, dims: [size] },
    )
    return { ...tensorOf(made), counts: start === 0 && delta === 1 }
  },
  fold: ({ input }) => {
    const [start, limit, delta] = [0, 1, 2].map(place => input(place).elements?.[0])
    if (typeof start !== 'number' || typeof limit !== 'number' || typeof delta !== 'number' || delta === 0)
      return undefined
    const count = Math.max(0, Math.ceil((limit - start) / delta))
    if (count > MOST_ELEMENTS) return undefined
    return moved(
      input(0),
      [count],
      Array.from({ length: count }, (_, i) => start + i * delta),
    )
  },
}

/** A tensor filled with one number in the shape of another. */
function filledLike(number: number): OperatorDefinition {
  return {
    convert: ({ graph, input }) => {
      const x = input(0)
      const shape = graph.op('Shape', [x.value])
      const one = castScalar(graph, number, x.dtype)
      return tensorOf(graph.op('Expand', [one, shape], {}, { type: x.value.type, dims: x.dims }))
    },
    fold: ({ input }) => {
      const { dims, dtype } = input(0)
      if (dims.some(dim => typeof dim !== 'number')) return undefined
      const size = (dims as number[]).reduce((a, b) => a * b, 1)
      if (size > MOST_ELEMENTS) return undefined
      return { dtype, dims: dims as number[], elements: Array<number>(size).fill(number) }
    },
  }
}

function castScalar(graph: Builder, number: number, dtype: DType): Value {
  const value = scalar(graph, number)
  return dtype === 'float32' ? value : cast(graph, value, dtype === 'bool' ? 'bool' : 'int32')
}

/** Operators that fill a tensor: by repeating, broadcasting, one number or counting. */
export const fillOperators: Operators = {
  Tile: tile,
  BroadcastTo: broadcastTo,
  Fill: fill,
  Range: range,
  ZerosLike: filledLike(0),
  OnesLike: filledLike(1),
}
