import {
  DATA_TYPE,
  floatTensor,
  int64Tensor,
  littleEndian,
  type Node,
  type Tensor,
} from '../../../models/onnx/encode-model.ts'
import type { Constant, Value } from './builder.ts'

/** How trained weights are stored; arithmetic is in float32 with each. */
export type Precision = 'fp32' | 'fp16' | 'int8'
export const PRECISIONS: readonly Precision[] = ['fp32', 'fp16', 'int8']

/** What a constant is in the file: initializers and the nodes that turn them back into float32. */
export interface Stored {
  tensors: Tensor[]
  nodes: Node[]
}

const LARGEST_HALF = 65504

/** A constant as it is stored in `precision`; what is not a weight, or does not fit, stays as it is. */
export function storeConstant(value: Value & { constant: Constant }, precision: Precision): Stored {
  const { name, constant, type } = value
  const dims = value.dims as readonly number[]
  if (type === 'int64') return { tensors: [int64Tensor(name, dims, constant.values)], nodes: [] }
  if (constant.weight && precision === 'fp16' && fitsHalf(constant.values))
    return half(name, dims, constant.values)
  if (constant.weight && precision === 'int8' && constant.axis !== undefined) {
    return quantized(name, dims, constant.values, constant.axis)
  }
  return { tensors: [floatTensor(name, dims, constant.values)], nodes: [] }
}

function fitsHalf(values: ArrayLike<number>): boolean {
  for (let i = 0; i < values.length; i++) if (Math.abs(values[i]) > LARGEST_HALF) return false
  return true
}

function half(name: string, dims: readonly number[], values: ArrayLike<number>): Stored {
  const stored = `${name}/fp16`
  return {
    tensors: [{ name: stored, type: 'float16', dims, data: littleEndian(new Float16Array(values)) }],
    nodes: [{ op: 'Cast', inputs: [stored], outputs: [name], attributes: { to: { int: DATA_TYPE.float } } }],
  }
}

/** Symmetric int8, one scale a channel: w ≈ scale·q with q in [−127, 127]. */
function quantized(name: string, dims: readonly number[], values: ArrayLike<number>, axis: number): Stored {
  const channels = dims[axis]
  const inner = dims.slice(axis + 1).reduce((product, dim) => product * dim, 1)
  const channelOf = (i: number) => Math.floor(i / inner) % channels
  const largest = new Float64Array(channels)
  for (let i = 0; i < values.length; i++) {
    largest[channelOf(i)] = Math.max(largest[channelOf(i)], Math.abs(values[i]))
  }
  const scales = Float32Array.from(largest, peak => (peak > 0 ? peak / 127 : 1))
  const codes = Int8Array.from({ length: values.length }, (_, i) =>
    Math.max(-127, Math.min(127, Math.round(values[i] / scales[channelOf(i)]))),
  )
  const [stored, scale] = [`${name}/int8`, `${name}/scale`]
  return {
    tensors: [
      { name: stored, type: 'int8', dims, data: littleEndian(codes) },
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
