import type { Attribute } from '../../../../../models/onnx/encode-model.ts'
import { asChannelsFirst } from '../../../graph/layout.ts'
import type { Dim } from '../../../graph/value.ts'
import type { Window } from '../../../graph/window.ts'
import { tensorOf, weightValue } from '../../topology/tensor.ts'
import type { Operation, OperatorDefinition, Operators } from '../operation.ts'
import { filterSizes, readFormat, readPadding, requireImage, spatial } from './image-window.ts'

/**
 * A transposed convolution: the gradient of a convolution with respect to its input. The inputs are the shape of the
 * result, the filter and the gradient.
 */
const transposed: OperatorDefinition = {
  convert: operation => {
    const { graph } = operation
    const [filter, x] = [operation.input(1), operation.input(2)]
    requireImage(operation, x, 4)
    if (readFormat(operation) !== 'channelsLast')
      operation.fail('expected data_format NHWC: TF.js has no other')
    const [height, width, outer] = filterSizes(operation, filter, 4)
    const strides = spatial(operation, 'strides', 'channelsLast', 2)
    if (spatial(operation, 'dilations', 'channelsLast', 2).some(n => n !== 1)) {
      operation.fail('dilations, which TF.js ignores, must be 1')
    }
    const { padding, explicit } = readPadding(operation, 'channelsLast', 2)
    const wanted = operation.input(0).elements
    if (wanted?.length !== 4) return operation.fail('the sizes of its result are not known')
    const weight = weightValue(graph, filter, { perm: [3, 2, 0, 1], axis: 1 })
    const space = [height, width].map((k, i) => {
      const [size, result] = [x.dims[i + 1], wanted[i + 1]]
      return transposedAxis(operation, { k, stride: strides[i], size, result, padding, explicit, i })
    })
    const attributes: Record<string, Attribute> = {
      kernel_shape: { ints: [height, width] },
      strides: { ints: strides },
      pads: { ints: [...space.map(({ before }) => before), ...space.map(({ after }) => after)] },
      output_padding: { ints: space.map(({ extra }) => extra) },
    }
    const y = asChannelsFirst(graph, x.value, 'channelsLast', image => {
      const dims: Dim[] = [image.dims[0], outer, ...space.map(({ size }, i) => size ?? operation.dim(i + 1))]
      return graph.op('ConvTranspose', [image, weight], attributes, { type: image.type, dims })
    })
    return tensorOf(y)
  },
}

interface TransposedAxis {
  k: number
  stride: number
  size: Dim
  result: number | string | undefined
  padding: Window['padding']
  explicit: number[] | undefined
  i: number
}

/**
 * The cropping and padding of ConvTranspose along one axis for which the forward convolution of the result has the
 * input's size.
 */
function transposedAxis(
  operation: Operation,
  { k, stride, size, result, padding, explicit, i }: TransposedAxis,
): { before: number; after: number; extra: number; size: number | undefined } {
  if (explicit) return { before: explicit[i], after: explicit[i + 2], extra: 0, size: undefined }
  if (typeof size !== 'number' || typeof result !== 'number') {
    const cut = padding === 'same' ? Math.max(0, k - stride) : 0
    const before = Math.floor(cut / 2)
    return { before, after: cut - before, extra: Math.max(0, stride - k), size: undefined }
  }
  const forward = padding === 'same' ? Math.ceil(result / stride) : Math.ceil((result - k + 1) / stride)
  if (forward !== size) operation.fail(`a result of ${result} does not come from an input of ${size}`)
  const full = (size - 1) * stride + k
  const cut = padding === 'same' ? Math.max(0, full - result) : 0
  const before = Math.floor(cut / 2)
  return { before, after: cut - before, extra: Math.max(0, result - (full - cut)), size: result }
}

/** Convolutions from a smaller to a larger image. */
export const transposedOperators: Operators = { Conv2DBackpropInput: transposed }
