import { bytesOf } from '../../../models/files/bytes.ts'
import { toHalf } from '../../../models/files/half.ts'
import {
  DATA_TYPE,
  floatTensor,
  int64Tensor,
  type Node,
  type Tensor,
} from '../../../models/onnx/encode-model.ts'
import { sizeOf } from './arrays.ts'
import type { Constant, Value } from './value.ts'

/** The precision in which trained weights are stored; arithmetic is always float32. */
export type Precision = 'fp32' | 'fp16' | 'int8'

/** The precisions in which weights can be stored. */
export const PRECISIONS: readonly Precision[] = ['fp32', 'fp16', 'int8']

/** The form of a constant in the file: initializers, and the nodes that convert them to float32. */
export interface Stored {
  tensors: Tensor[]
  nodes: Node[]
}

const LARGEST_HALF = 65504
/** 2^-14, the smallest normal half: smaller numbers lose digits. */
const SMALLEST_HALF = 2 ** -14

/** Stores a constant in `precision`. Constants that are not weights, or whose values do not fit, stay float32. */
export function storeConstant(value: Value & { constant: Constant }, precision: Precision): Stored {
  const { name, constant, type } = value
  const dims = value.dims as readonly number[]
  if (type === 'int64') return { tensors: [int64Tensor(name, dims, constant.values)], nodes: [] }
  if (type === 'int32' || type === 'bool') {
    const data = type === 'int32' ? Int32Array.from(constant.values) : Uint8Array.from(constant.values)
    return { tensors: [{ name, type, dims, data: bytesOf(data) }], nodes: [] }
  }
  if (constant.weight && precision === 'fp16' && fitsHalf(constant.values, value.dims as readonly number[]))
    return half(name, dims, constant.values)
  if (constant.weight && precision === 'int8' && constant.axis !== undefined) {
    return quantized(name, dims, constant.values, constant.axis)
  }
  return { tensors: [floatTensor(name, dims, constant.values)], nodes: [] }
}

/**
 * Whether a tensor can be stored as halves: no number is too large, and neither the whole tensor nor one of its rows or
 * channels is so small that it would become zero or lose most of its digits.
 */
function fitsHalf(values: ArrayLike<number>, dims: readonly number[]): boolean {
  let peak = 0
  for (let i = 0; i < values.length; i++) peak = Math.max(peak, Math.abs(values[i]))
  if (peak > LARGEST_HALF || isLost(peak)) return false
  return dims.length < 2 || dims.every((_, axis) => !slicePeaks(values, dims, axis).some(isLost))
}

const isLost = (peak: number) => peak > 0 && peak < SMALLEST_HALF

/** The largest magnitude at each index of an axis. */
function slicePeaks(values: ArrayLike<number>, dims: readonly number[], axis: number): Float64Array {
  const inner = sizeOf(dims.slice(axis + 1))
  const peaks = new Float64Array(dims[axis])
  for (let start = 0; start < values.length; start += inner) {
    const index = (start / inner) % dims[axis]
    let peak = peaks[index]
    for (let i = start; i < start + inner; i++) peak = Math.max(peak, Math.abs(values[i]))
    peaks[index] = peak
  }
  return peaks
}

function half(name: string, dims: readonly number[], values: ArrayLike<number>): Stored {
  const stored = `${name}/fp16`
  return {
    tensors: [
      {
        name: stored,
        type: 'float16',
        dims,
        data: bytesOf(toHalf(values instanceof Float32Array ? values : Float32Array.from(values))),
      },
    ],
    nodes: [{ op: 'Cast', inputs: [stored], outputs: [name], attributes: { to: { int: DATA_TYPE.float } } }],
  }
}

/** Stores weights as int8, symmetric, with one scale for each channel: w ≈ scale·q with q in [−127, 127]. */
function quantized(name: string, dims: readonly number[], values: ArrayLike<number>, axis: number): Stored {
  const channels = dims[axis]
  const inner = sizeOf(dims.slice(axis + 1))
  const channelOf = (i: number) => Math.floor(i / inner) % channels
  const scales = Float32Array.from(slicePeaks(values, dims, axis), peak => (peak > 0 ? peak / 127 : 1))
  const codes = Int8Array.from({ length: values.length }, (_, i) =>
    Math.max(-127, Math.min(127, Math.round(values[i] / scales[channelOf(i)]))),
  )
  const [stored, scale] = [`${name}/int8`, `${name}/scale`]
  return {
    tensors: [
      { name: stored, type: 'int8', dims, data: bytesOf(codes) },
      floatTensor(scale, [channels], scales),
    ],
    nodes: [
      {
        op: 'DequantizeLinear',
        inputs: [stored, scale],
        outputs: [name],
        attributes: { axis: { int: axis } },
      },
    ],
  }
}
