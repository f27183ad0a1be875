import { sizeOf } from '../../graph/arrays.ts'
import type { Element } from './tensor.ts'

/** A row-major array of elements, some of which may be unknown. */
export interface Elements {
  dims: readonly number[]
  elements: readonly Element[]
}

/** Takes elements of an axis by their indices, in the order of `indices`. */
export function takeElements(
  { dims, elements }: Elements,
  axis: number,
  indices: readonly number[],
): Elements {
  const inner = sizeOf(dims.slice(axis + 1))
  const outer = sizeOf(dims.slice(0, axis))
  const taken = Array.from({ length: outer }, (_, o) =>
    indices.flatMap(index =>
      elements.slice((o * dims[axis] + index) * inner, (o * dims[axis] + index + 1) * inner),
    ),
  )
  return { dims: dims.with(axis, indices.length), elements: taken.flat() }
}

/** Concatenates arrays along an axis. */
export function concatElements(list: readonly Elements[], axis: number): Elements {
  const [{ dims }] = list
  const outer = sizeOf(dims.slice(0, axis))
  const total = list.reduce((sum, each) => sum + each.dims[axis], 0)
  const rows = Array.from({ length: outer }, (_, o) =>
    list.flatMap(each => {
      const row = sizeOf(each.dims.slice(axis))
      return each.elements.slice(o * row, (o + 1) * row)
    }),
  )
  return { dims: dims.with(axis, total), elements: rows.flat() }
}

/** The indices of a slice with a step, by Python's rule. */
export function sliceIndices(size: number, start: number, end: number, step: number): number[] {
  const clamp = (i: number, least: number, most: number) =>
    Math.min(most, Math.max(least, i < 0 ? i + size : i))
  const [low, high] = step > 0 ? [0, size] : [-1, size - 1]
  const [from, to] = [clamp(start, low, high), end < -size ? low : clamp(end, low, high)]
  const count = Math.max(0, Math.ceil((to - from) / step))
  return Array.from({ length: count }, (_, i) => from + i * step)
}
