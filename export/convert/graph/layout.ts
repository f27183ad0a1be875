import type { Builder } from './builder.ts'
import type { Value } from './value.ts'

/**
 * Images are channels-last in TF.js and channels-first in ONNX. A layer that needs the other order adds a Transpose,
 * and the builder keeps both forms in `layouts`: the next layer reads the form that it needs. A Transpose that no node
 * reads is not written to the file, so a convolutional network has one at each end.
 */

/** `x` [n, …space, c] as [n, c, …space]. */
export function channelsFirst(graph: Builder, x: Value): Value {
  const twin = graph.layouts.get(x.name)
  if (twin) return twin
  const rank = x.dims.length
  const perm = [0, rank - 1, ...Array.from({ length: rank - 2 }, (_, i) => i + 1)]
  const made = graph.op('Transpose', [x], { perm: { ints: perm } })
  graph.layouts.set(x.name, made)
  return made
}

/** `x` [n, c, …space] as [n, …space, c]. */
export function channelsLast(graph: Builder, x: Value): Value {
  const rank = x.dims.length
  const perm = [0, ...Array.from({ length: rank - 2 }, (_, i) => i + 2), 1]
  const made = graph.op('Transpose', [x], { perm: { ints: perm } })
  graph.layouts.set(made.name, x)
  return made
}

/** The position of an axis in the channels-first form of a value of this rank. */
export const channelsFirstAxis = (axis: number, rank: number): number =>
  axis === 0 ? 0 : axis === rank - 1 ? 1 : axis + 1

/** Applies operators that treat all axes alike, on the channels-first form if all inputs have one. */
export function elementwise(
  graph: Builder,
  inputs: readonly Value[],
  emit: (...inputs: Value[]) => Value,
): Value {
  const twins = inputs.flatMap(x => graph.layouts.get(x.name) ?? [])
  return twins.length === inputs.length ? channelsLast(graph, emit(...twins)) : emit(...inputs)
}

/**
 * Applies operators that take [n, c, …space] to a value in a layer's `dataFormat`.
 *
 * @returns the result in the layer's order
 */
export function asChannelsFirst(
  graph: Builder,
  x: Value,
  format: 'channelsFirst' | 'channelsLast',
  emit: (x: Value) => Value,
): Value {
  return format === 'channelsFirst' ? emit(x) : channelsLast(graph, emit(channelsFirst(graph, x)))
}
