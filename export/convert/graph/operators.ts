import type { Builder } from './builder.ts'
import type { Value } from './value.ts'

/** A float32 scalar. */
export const scalar = (graph: Builder, value: number): Value => graph.floats([], [value])

/** Reshape to constant sizes; 0 keeps the input's size at that place, one may be −1 for the rest. */
export function reshape(graph: Builder, x: Value, sizes: readonly number[]): Value {
  return graph.op('Reshape', [x, graph.ints(sizes)])
}

/** Adds a reduction. Its axes are an input from operator set 18 on (ReduceSum: 13), and an attribute before. */
export function reduce(
  graph: Builder,
  op: 'ReduceSum' | 'ReduceMean' | 'ReduceMax' | 'ReduceMin' | 'ReduceProd',
  x: Value,
  axes: readonly number[],
  keep: boolean,
): Value {
  const keepdims = { int: keep ? 1 : 0 }
  if (op === 'ReduceSum' || graph.opset >= 18) return graph.op(op, [x, graph.ints(axes)], { keepdims })
  return graph.op(op, [x], { keepdims, axes: { ints: axes } })
}

const END = 2 ** 31 - 1

/** Elements `start` to `end` (exclusive; to the last by default) of one axis. */
export function slice(graph: Builder, x: Value, axis: number, start: number, end = END): Value {
  return graph.op('Slice', [x, graph.ints([start]), graph.ints([end]), graph.ints([axis]), graph.ints([1])])
}

/** The elements of one axis in reverse order. */
export function reverse(graph: Builder, x: Value, axis: number): Value {
  const [last, beforeFirst] = [graph.ints([-1]), graph.ints([-END])]
  return graph.op('Slice', [x, last, beforeFirst, graph.ints([axis]), graph.ints([-1])])
}

/** Reorders axes: axis i of the result is axis `perm[i]` of x. */
export function transpose(graph: Builder, x: Value, perm: readonly number[]): Value {
  return graph.op('Transpose', [x], { perm: { ints: perm } })
}

/** Inserts an axis of size 1. */
export function unsqueeze(graph: Builder, x: Value, axis: number): Value {
  return graph.op('Unsqueeze', [x, graph.ints([axis])])
}

/** Removes an axis of size 1. */
export function squeeze(graph: Builder, x: Value, axis: number): Value {
  return graph.op('Squeeze', [x, graph.ints([axis])])
}

/** Concatenates values along an axis. */
export function concat(graph: Builder, values: readonly Value[], axis: number): Value {
  return values.length === 1 ? values[0] : graph.op('Concat', values, { axis: { int: axis } })
}

const TYPE_NUMBERS = { float: 1, int32: 6, int64: 7, bool: 9 } as const

/** Casts `x` to a type; returns `x` if it has that type. */
export function cast(graph: Builder, x: Value, type: keyof typeof TYPE_NUMBERS): Value {
  return x.type === type ? x : graph.op('Cast', [x], { to: { int: TYPE_NUMBERS[type] } })
}
