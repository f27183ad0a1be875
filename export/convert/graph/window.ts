import type { Attribute } from '../../../models/onnx/encode-model.ts'
import { fail } from './conversion-error.ts'
import type { Value } from './value.ts'

/** The window of a convolution or pooling, with one entry for each axis of the image. */
export interface Window {
  kernel: readonly number[]
  strides: readonly number[]
  dilations?: readonly number[]
  padding: 'valid' | 'same'
}

/**
 * The attributes of Conv, MaxPool and AveragePool for a window over `x` [n, c, …space].
 *
 * "same" pads so that with a stride of s the result has size ⌈size / s⌉; an odd zero is put at the end. The padding
 * depends on the size. If that is open, the attribute is SAME_UPPER, which ONNX defines in the same way.
 */
export function windowAttributes(x: Value, window: Window): Record<string, Attribute> {
  const { kernel, strides, padding } = window
  const dilations = window.dilations ?? kernel.map(() => 1)
  const attributes: Record<string, Attribute> = { kernel_shape: { ints: kernel }, strides: { ints: strides } }
  if (dilations.some(d => d !== 1)) attributes.dilations = { ints: dilations }
  if (padding === 'valid') return attributes
  const totals = kernel.map((k, i) =>
    samePadding(x.dims[i + 2], (k - 1) * dilations[i] + 1, strides[i], kernel.length),
  )
  if (totals.includes(undefined)) return { ...attributes, auto_pad: { string: 'SAME_UPPER' } }
  const before = totals.map(total => Math.floor(total! / 2))
  const after = totals.map((total, i) => total! - before[i])
  return { ...attributes, pads: { ints: [...before, ...after] } }
}

/** Number of zeros to add along one axis, both ends together; undefined if it depends on an open size. */
function samePadding(
  size: number | string,
  extent: number,
  stride: number,
  rank: number,
): number | undefined {
  if (rank === 3 && extent < stride) {
    return fail(
      `a window of ${extent} with a stride of ${stride} and padding "same", which TF.js misplaces in 3 dimensions`,
    )
  }
  if (typeof size === 'number') return Math.max(0, (Math.ceil(size / stride) - 1) * stride + extent - size)
  if (stride === 1 || extent === 1) return extent - 1
  if (extent >= stride) return undefined
  return fail(
    `a window of ${extent} with a stride of ${stride} and padding "same" needs inputs of known size`,
  )
}
