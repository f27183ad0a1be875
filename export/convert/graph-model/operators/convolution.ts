import type { Attribute } from '../../../../models/onnx/encode-model.ts'
import { asChannelsFirst } from '../../graph/layout.ts'
import type { Dim, Value } from '../../graph/value.ts'
import { type Window, windowAttributes } from '../../graph/window.ts'
import { isStatic, knownNumbers, type Tensor, tensorOf, weightValue } from '../topology/tensor.ts'
import { fusedActivation } from './activations.ts'
import {
  broadcasted,
  type Operation,
  type OperatorDefinition,
  type Operators,
  vectorWeight,
} from './operation.ts'

type Format = 'channelsFirst' | 'channelsLast'

/** Reads the order of an image's axes. For some operators TF.js's own kernels support only NHWC. */
export function readFormat(operation: Operation): Format {
  const format = operation.attributes.string('data_format', 'NHWC')
  if (['NHWC', 'NDHWC'].includes(format)) return 'channelsLast'
  if (['NCHW', 'NCDHW'].includes(format)) return 'channelsFirst'
  return operation.fail(`expected data_format NHWC or NCHW, got ${format}`)
}

/** Reads the spatial entries of an attribute that has one entry for each axis of the image. */
function spatial(operation: Operation, name: string, format: Format, rank: number): number[] {
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

interface Padding {
  padding: Window['padding']
  /** With EXPLICIT padding, [before…, after…] of the spatial axes. */
  explicit?: number[]
}

function readPadding(operation: Operation, format: Format, rank: number): Padding {
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

/** Attributes of Conv and pooling for an image in channels-first order. */
function attributesOf(
  image: Value,
  window: Window,
  explicit: number[] | undefined,
): Record<string, Attribute> {
  const attributes = windowAttributes(image, window)
  return explicit ? { ...attributes, pads: { ints: explicit } } : attributes
}

/** Reads the sizes of a filter, which must be known. */
function filterSizes(operation: Operation, filter: Tensor, rank: number): number[] {
  if (!isStatic(filter.dims) || filter.dims.length !== rank) {
    return operation.fail(
      `expected a filter of rank ${rank} and known sizes, got [${filter.dims.join(', ')}]`,
    )
  }
  return filter.dims
}

/** Channels-last and channels-first perms of filters: HWIO to OIHW. */
const OUTWARDS: Readonly<Record<number, number[]>> = { 3: [2, 1, 0], 4: [3, 2, 0, 1], 5: [4, 3, 0, 1, 2] }

function requireImage(operation: Operation, x: Tensor, rank: number): void {
  if (x.dims.length !== rank) operation.fail(`expected an input of rank ${rank}, got [${x.dims.join(', ')}]`)
}

/** Adds a convolution with 1, 2 or 3 spatial axes and an optional bias. */
function convolve(operation: Operation, rank: number, bias: Tensor | undefined): Tensor {
  const { graph } = operation
  const [x, filter] = [operation.input(0), operation.input(1)]
  requireImage(operation, x, rank + 2)
  const format = readFormat(operation)
  const sizes = filterSizes(operation, filter, rank + 2)
  const [inner, outer] = sizes.slice(-2)
  const channels = x.dims.at(format === 'channelsLast' ? -1 : 1)
  if (typeof channels === 'number' && channels !== inner) {
    operation.fail(`expected a filter for ${channels} channels, got one for ${inner}`)
  }
  const weight = weightValue(graph, filter, { perm: OUTWARDS[rank + 2], axis: 0 })
  const { padding, explicit } = readPadding(operation, format, rank)
  const window = {
    kernel: sizes.slice(0, rank),
    strides: spatial(operation, 'strides', format, rank),
    dilations: spatial(operation, 'dilations', format, rank),
    padding,
  }
  const extra = bias ? [biasVector(operation, bias, outer)] : []
  const y = asChannelsFirst(graph, x.value, format, image =>
    graph.op('Conv', [image, weight, ...extra], attributesOf(image, window, explicit)),
  )
  return tensorOf(y)
}

function biasVector(operation: Operation, bias: Tensor, channels: number): Value {
  if (bias.dims.length !== 1 || bias.dims[0] !== channels) {
    operation.fail(`expected a bias of ${channels} numbers, got [${bias.dims.join(', ')}]`)
  }
  return vectorWeight(operation.graph, bias)
}

/** Adds a depthwise convolution: a filter [h, w, channels, multiplier] for each channel. */
function depthwise(operation: Operation, bias: Tensor | undefined): Tensor {
  const { graph } = operation
  const [x, filter] = [operation.input(0), operation.input(1)]
  requireImage(operation, x, 4)
  const format = readFormat(operation)
  const [height, width, channels, multiplier] = filterSizes(operation, filter, 4)
  const weight = weightValue(graph, filter, {
    perm: [2, 3, 0, 1],
    dims: [channels * multiplier, 1, height, width],
    axis: 0,
  })
  const { padding, explicit } = readPadding(operation, format, 2)
  const window = {
    kernel: [height, width],
    strides: spatial(operation, 'strides', format, 2),
    dilations: spatial(operation, 'dilations', format, 2),
    padding,
  }
  const extra = bias ? [biasVector(operation, bias, channels * multiplier)] : []
  const y = asChannelsFirst(graph, x.value, format, image =>
    graph.op('Conv', [image, weight, ...extra], {
      ...attributesOf(image, window, explicit),
      group: { int: channels },
    }),
  )
  return tensorOf(y)
}

/** A convolution with its bias and activation in one node. */
function fused(compute: (operation: Operation, bias: Tensor | undefined) => Tensor): OperatorDefinition {
  return {
    convert: operation => {
      const [first, ...rest] = operation.attributes.strings('fused_ops')
      const hasBias = first === 'BiasAdd'
      const activations = hasBias ? rest : first === undefined ? [] : [first, ...rest]
      if (activations.length > 1) operation.fail(`fused_ops ${[first, ...rest].join(', ')} are not supported`)
      const x = compute(operation, hasBias ? operation.input(2) : undefined)
      const [activation] = activations
      return activation === undefined
        ? x
        : fusedActivation(operation, activation, x, operation.inputs[hasBias ? 3 : 2])
    },
  }
}

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

function pool(op: 'MaxPool' | 'AveragePool', rank: number): OperatorDefinition {
  return {
    convert: operation => {
      const { graph } = operation
      const x = operation.input(0)
      requireImage(operation, x, rank + 2)
      const format = readFormat(operation)
      const { padding, explicit } = readPadding(operation, format, rank)
      const window = {
        kernel: spatial(operation, 'ksize', format, rank),
        strides: spatial(operation, 'strides', format, rank),
        padding,
      }
      const y = asChannelsFirst(graph, x.value, format, image =>
        graph.op(op, [image], attributesOf(image, window, explicit)),
      )
      return tensorOf(y)
    },
  }
}

const biasAdd: OperatorDefinition = {
  convert: operation => {
    const [x, bias] = [operation.input(0), operation.input(1)]
    if (readFormat(operation) !== 'channelsLast' && x.dims.length > 2) {
      operation.fail('expected data_format NHWC: TF.js has no other')
    }
    return broadcasted(operation.graph, [x, bias], (a, b) => operation.graph.op('Add', [a, b]))
  },
}

/** (x − mean) · scale / √(variance + epsilon) + offset for each channel, as one factor and one shift. */
const fusedBatchNorm: OperatorDefinition = {
  convert: operation => {
    const { graph, attributes } = operation
    const [x, ...parameters] = [0, 1, 2, 3, 4].map(place => operation.input(place))
    if (attributes.bool('is_training', false))
      operation.fail('is_training: statistics of the batch are not supported')
    if (readFormat(operation) !== 'channelsLast')
      operation.fail('expected data_format NHWC: TF.js has no other')
    const epsilon = attributes.number('epsilon', 1e-4)
    const numbers = parameters.map(knownNumbers)
    if (numbers.some(list => list === undefined))
      operation.fail('scale, offset, mean and variance must be constants')
    const [scale, offset, mean, variance] = numbers as number[][]
    const factor = scale.map((s, i) => s / Math.sqrt(variance[i] + epsilon))
    const shift = offset.map((o, i) => o - mean[i] * factor[i])
    const vector = (name: string, values: number[]): Tensor => ({
      dtype: 'float32',
      dims: [values.length],
      weight: { name: `${operation.name}/${name}`, dims: [values.length], values },
      value: graph.exact(`${operation.name}/${name}`, [values.length], values),
    })
    const scaled = broadcasted(graph, [x, vector('factor', factor)], (a, b) => graph.op('Mul', [a, b]))
    return broadcasted(graph, [scaled, vector('shift', shift)], (a, b) => graph.op('Add', [a, b]))
  },
  note: 'the first output, in inference',
}

export const convolutionOperators: Operators = {
  Conv2D: { convert: operation => convolve(operation, 2, undefined) },
  Conv3D: { convert: operation => convolve(operation, 3, undefined) },
  _FusedConv2D: fused((operation, bias) => convolve(operation, 2, bias)),
  DepthwiseConv2d: { convert: operation => depthwise(operation, undefined) },
  DepthwiseConv2dNative: { convert: operation => depthwise(operation, undefined) },
  FusedDepthwiseConv2dNative: {
    ...fused(depthwise),
    note: 'fused LeakyRelu by TensorFlow’s definition: TF.js does not read its slope here',
  },
  Conv2DBackpropInput: transposed,
  MaxPool: pool('MaxPool', 2),
  AvgPool: pool('AveragePool', 2),
  MaxPool3D: pool('MaxPool', 3),
  AvgPool3D: pool('AveragePool', 3),
  BiasAdd: biasAdd,
  FusedBatchNorm: fusedBatchNorm,
  FusedBatchNormV2: fusedBatchNorm,
  FusedBatchNormV3: fusedBatchNorm,
}
