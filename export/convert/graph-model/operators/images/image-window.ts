import type { Attribute } from '../../../../../models/onnx/encode-model.ts'
import type { Value } from '../../../graph/value.ts'
import { type Window, windowAttributes } from '../../../graph/window.ts'
import { isStatic, type Tensor } from '../../topology/tensor.ts'
import type { Operation } from '../operation.ts'

/* Attributes of operators that move a window over an image: convolutions and pooling. */

/** The order of an image's axes. */
export type Format = 'channelsFirst' | 'channelsLast'

/** Reads the order of an image's axes. For some operators TF.js's own kernels support only NHWC. */
export function readFormat(operation: Operation): Format {
  const format = operation.attributes.string('data_format', 'NHWC')
  if (['NHWC', 'NDHWC'].includes(format)) return 'channelsLast'
  if (['NCHW', 'NCDHW'].includes(format)) return 'channelsFirst'
  return operation.fail(`expected data_format NHWC or NCHW, got ${format}`)
}

/** Reads the spatial entries of an attribute that has one entry for each axis of the image. */
export function spatial(operation: Operation, name: string, format: Format, rank: number): number[] {
  const all = operation.attributes.numbers(name)
  if (!all || all.length === 0) return Array<number>(rank).fill(1)
  if (all.length === rank) return all
  if (all.length !== rank + 2) operation.fail(`expected ${rank + 2} numbers as ${name}, got ${all.length}`)
  const space = format === 'channelsLast' ? all.slice(1, -1) : all.slice(2)
  const others = format === 'channelsLast' ? [all[0], all.at(-1)] : all.slice(0, 2)
  if (others.some(n => n !== 1)) operation.fail(`expected ${name} of 1 along batch and channels, got ${all}`)
  if (space.some(n => !Number.isInteger(n) || n < 1)) operation.fail(`expected ${name} from 1 on, got ${all}`)
  return space
}

/** The padding of a window. */
export interface Padding {
  padding: Window['padding']
  /** With EXPLICIT padding, [before…, after…] of the spatial axes. */
  explicit?: number[]
}

/** Reads the padding, by name or explicit. */
export function readPadding(operation: Operation, format: Format, rank: number): Padding {
  const padding = operation.attributes.string('padding')
  if (padding === 'SAME' || padding === 'VALID') return { padding: padding === 'SAME' ? 'same' : 'valid' }
  if (padding !== 'EXPLICIT')
    return operation.fail(`expected padding SAME, VALID or EXPLICIT, got ${padding}`)
  const all = operation.attributes.numbers('explicit_paddings') ?? []
  if (all.length !== 2 * (rank + 2))
    operation.fail(`expected ${2 * (rank + 2)} explicit_paddings, got ${all.length}`)
  const pairs = Array.from({ length: rank + 2 }, (_, i) => all.slice(2 * i, 2 * i + 2))
  const space = format === 'channelsLast' ? pairs.slice(1, -1) : pairs.slice(2)
  return {
    padding: 'valid',
    explicit: [...space.map(([before]) => before), ...space.map(([, after]) => after)],
  }
}

/** Reads the window of a convolution or pooling over `rank` spatial axes. */
export function readWindow(
  operation: Operation,
  format: Format,
  { kernel, dilations }: Pick<Window, 'kernel' | 'dilations'>,
): Window & Padding {
  const rank = kernel.length
  const { padding, explicit } = readPadding(operation, format, rank)
  return { kernel, dilations, strides: spatial(operation, 'strides', format, rank), padding, explicit }
}

/** Attributes of Conv and pooling for an image in channels-first order. */
export function attributesOf(
  image: Value,
  { explicit, ...window }: Window & Padding,
): Record<string, Attribute> {
  const attributes = windowAttributes(image, window)
  return explicit ? { ...attributes, pads: { ints: explicit } } : attributes
}

/** Reads the sizes of a filter, which must be known. */
export function filterSizes(operation: Operation, filter: Tensor, rank: number): number[] {
  if (!isStatic(filter.dims) || filter.dims.length !== rank) {
    return operation.fail(
      `expected a filter of rank ${rank} and known sizes, got [${filter.dims.join(', ')}]`,
    )
  }
  return filter.dims
}

/** Throws unless an input is an image of this rank. */
export function requireImage(operation: Operation, x: Tensor, rank: number): void {
  if (x.dims.length !== rank) operation.fail(`expected an input of rank ${rank}, got [${x.dims.join(', ')}]`)
}
