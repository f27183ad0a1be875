import { asChannelsFirst } from '../../../graph/layout.ts'
import type { Value } from '../../../graph/value.ts'
import { type Tensor, tensorOf, weightValue } from '../../topology/tensor.ts'
import { fusedActivation } from '../elementwise/activations.ts'
import { type Operation, type OperatorDefinition, type Operators, vectorWeight } from '../operation.ts'
import { attributesOf, filterSizes, readFormat, readWindow, requireImage, spatial } from './image-window.ts'

/** Orders of a filter's axes in ONNX, by rank: HWIO to OIHW. */
const OUTWARDS: Readonly<Record<number, number[]>> = { 3: [2, 1, 0], 4: [3, 2, 0, 1], 5: [4, 3, 0, 1, 2] }

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
  const dilations = spatial(operation, 'dilations', format, rank)
  const window = readWindow(operation, format, { kernel: sizes.slice(0, rank), dilations })
  const extra = bias ? [biasVector(operation, bias, outer)] : []
  const y = asChannelsFirst(graph, x.value, format, image =>
    graph.op('Conv', [image, weight, ...extra], attributesOf(image, window)),
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
  const dilations = spatial(operation, 'dilations', format, 2)
  const window = readWindow(operation, format, { kernel: [height, width], dilations })
  const extra = bias ? [biasVector(operation, bias, channels * multiplier)] : []
  const y = asChannelsFirst(graph, x.value, format, image =>
    graph.op('Conv', [image, weight, ...extra], {
      ...attributesOf(image, window),
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

/** Convolutions, also with bias and activation in the same node. */
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
}
