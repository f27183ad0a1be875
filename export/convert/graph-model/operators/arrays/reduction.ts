import { channelsLast } from '../../../graph/layout.ts'
import { cast, reduce } from '../../../graph/operators.ts'
import type { Value } from '../../../graph/value.ts'
import { type Tensor, tensorOf } from '../../topology/tensor.ts'
import { axisOf, castTensor, type Operation, type OperatorDefinition, type Operators } from '../operation.ts'

/** Reads the axes of the second input, counted from the front; all axes if it lists none. */
function readAxes(operation: Operation, x: Tensor): number[] {
  const rank = x.dims.length
  const listed = operation.numbers(1, 'axes').map(axis => axisOf(operation, axis, rank))
  return [...new Set(listed)].sort((a, b) => a - b)
}

type Reduction = 'ReduceSum' | 'ReduceMean' | 'ReduceMax' | 'ReduceMin' | 'ReduceProd'

/** Reduces along axes. For an image that is channels-first, the axes are translated to that order. */
function reduceAxes(operation: Operation, op: Reduction, x: Tensor, value: Value): Value {
  const { graph } = operation
  const keep = operation.attributes.bool('keep_dims', false) || operation.attributes.bool('keepdims', false)
  const axes = readAxes(operation, x)
  if (axes.length === 0) return value
  const rank = x.dims.length
  const first = value === x.value ? graph.layouts.get(value.name) : undefined
  const spatial = axes.length === rank - 2 && axes.every((axis, i) => axis === i + 1)
  if (!first || !spatial) return reduce(graph, op, value, axes, keep)
  const turned = reduce(
    graph,
    op,
    first,
    axes.map(axis => axis + 1),
    keep,
  )
  if (!keep) return turned
  return channelsLast(graph, turned)
}

function reduction(
  op: Reduction,
  compute: (a: number, b: number) => number,
  start: number,
): OperatorDefinition {
  return {
    convert: operation => {
      const x = operation.input(0)
      const floats = op === 'ReduceMean' || x.dtype === 'bool'
      const value =
        floats && x.dtype !== 'float32'
          ? castTensor(operation.graph, x, op === 'ReduceMean' ? 'float32' : 'int32')
          : x.value
      return tensorOf(reduceAxes(operation, op, x, value))
    },
    fold: operation => {
      const x = operation.input(0)
      if (op === 'ReduceMean' || x.dtype !== 'int32' || x.dims.length !== 1 || !x.elements) return undefined
      const axes = operation.input(1).elements
      if (axes?.length !== 1 || (axes[0] !== 0 && axes[0] !== -1)) return undefined
      const keep = operation.attributes.bool('keep_dims', false)
      const { elements } = x
      const all = elements.every(element => typeof element === 'number')
      // The product of an open size and ones is that size.
      const others = elements.filter(element => element !== 1)
      const element = all
        ? elements.reduce((a, b) => compute(a, b), start)
        : op === 'ReduceProd' && others.length === 1
          ? others[0]
          : undefined
      return { dtype: 'int32', dims: keep ? [1] : [], elements: [element] }
    },
  }
}

/** Any or all of booleans: the maximum or minimum of 0 and 1. */
function logical(op: 'ReduceMax' | 'ReduceMin'): OperatorDefinition {
  return {
    convert: operation => {
      const x = operation.input(0)
      const numbers = castTensor(operation.graph, x, 'int32')
      return tensorOf(cast(operation.graph, reduceAxes(operation, op, x, numbers), 'bool'))
    },
  }
}

function indexOf(op: 'ArgMax' | 'ArgMin'): OperatorDefinition {
  return {
    convert: operation => {
      const { graph } = operation
      const x = operation.input(0)
      const [axis = 0] = operation.numbers(1, 'axis')
      const chosen = axisOf(operation, axis, x.dims.length)
      const dims = x.dims.filter((_, i) => i !== chosen)
      const value = x.dtype === 'bool' ? castTensor(graph, x, 'int32') : x.value
      const attributes = { axis: { int: chosen }, keepdims: { int: 0 } }
      return tensorOf(cast(graph, graph.op(op, [value], attributes, { type: 'int64', dims }), 'int32'))
    },
  }
}

const cumsum: OperatorDefinition = {
  convert: operation => {
    const { graph, attributes } = operation
    const x = operation.input(0)
    const [axis] = operation.numbers(1, 'axis')
    return tensorOf(
      graph.op('CumSum', [x.value, graph.ints([axisOf(operation, axis, x.dims.length)], [])], {
        exclusive: { int: attributes.bool('exclusive', false) ? 1 : 0 },
        reverse: { int: attributes.bool('reverse', false) ? 1 : 0 },
      }),
    )
  },
}

/** The square root of the sum of squares. */
const euclideanNorm: OperatorDefinition = {
  convert: operation => {
    const { graph } = operation
    const x = operation.input(0)
    const squares = graph.op('Mul', [x.value, x.value])
    return tensorOf(graph.op('Sqrt', [reduceAxes(operation, 'ReduceSum', { ...x, value: squares }, squares)]))
  },
}

/** Reductions over axes, by operator name. */
export const reductionOperators: Operators = {
  Sum: reduction('ReduceSum', (a, b) => a + b, 0),
  Mean: reduction('ReduceMean', (a, b) => a + b, 0),
  Max: reduction('ReduceMax', Math.max, -Infinity),
  Min: reduction('ReduceMin', Math.min, Infinity),
  Prod: reduction('ReduceProd', (a, b) => a * b, 1),
  All: logical('ReduceMin'),
  Any: logical('ReduceMax'),
  ArgMax: indexOf('ArgMax'),
  ArgMin: indexOf('ArgMin'),
  Cumsum: cumsum,
  EuclideanNorm: euclideanNorm,
}
