import { z } from 'zod'
import type { Attribute } from '../../../../models/onnx/encode-model.ts'
import { asChannelsFirst } from '../../graph/layout.ts'
import type { Value } from '../../graph/value.ts'
import { windowAttributes } from '../../graph/window.ts'
import { activate, activationField } from './activation.ts'
import {
  channelsLastOnly,
  dataFormat,
  defineLayer,
  flag,
  type LayerDefinition,
  type LayerScope,
  mustBe,
  paddingField,
  requireRank,
  requireSize,
  sizes,
} from './layer.ts'

const base = (rank: number) => ({
  kernelSize: sizes(rank),
  strides: sizes(rank, 1),
  padding: paddingField,
  dataFormat,
  activation: activationField(),
  useBias: flag(true),
  groups: mustBe(1, 'TF.js ignores it'),
})
const filters = z.int().min(1)
const depthMultiplier = z.int().min(1).nullish()
const alwaysLast = mustBe('channels_last', 'TF.js mixes up the axes otherwise')

const channelsOf = (layer: LayerScope, x: Value, format: 'channelsFirst' | 'channelsLast') =>
  requireSize(layer, x, format === 'channelsFirst' ? 1 : -1, 'channel axis')

/** [k…, in, out] to [out, in, k…]. */
const outwards = (rank: number) => [rank + 1, rank, ...Array.from({ length: rank }, (_, i) => i)]

function conv(rank: number): LayerDefinition {
  const schema = z.object({ ...base(rank), filters, dilationRate: sizes(rank, 1) })
  return defineLayer(
    rank === 1 ? schema.extend({ dataFormat: channelsLastOnly }) : schema,
    (config, [x], layer) => {
      requireRank(layer, x, rank + 2)
      const { graph } = layer
      const { kernelSize: kernel, strides, dilationRate: dilations, padding } = config
      const channels = channelsOf(layer, x, config.dataFormat)
      const weight = layer.weight('kernel', [...kernel, channels, config.filters], {
        perm: outwards(rank),
        axis: 0,
      })
      const bias = config.useBias ? [layer.weight('bias', [config.filters])] : []
      const y = asChannelsFirst(graph, x, config.dataFormat, image =>
        graph.op(
          'Conv',
          [image, weight, ...bias],
          windowAttributes(image, { kernel, strides, dilations, padding }),
        ),
      )
      return activate(graph, config.activation, y)
    },
    {
      note:
        rank === 1 ? 'padding: valid, same (TF.js has no causal)' : 'groups, which TF.js ignores, must be 1',
    },
  )
}

/** Adds a depthwise convolution: one filter, or several, for each channel. */
function depthwise(
  layer: LayerScope,
  image: Value,
  config: { kernelSize: number[]; strides: number[]; dilationRate?: number[]; padding: 'valid' | 'same' },
  multiplier: number,
  bias: readonly Value[] = [],
): Value {
  const channels = image.dims[1] as number
  // Keras 3 calls this weight `kernel`, as in other layers.
  const name = layer.shape('depthwise_kernel') ? 'depthwise_kernel' : 'kernel'
  const weight = layer.weight(name, [...config.kernelSize, channels, multiplier], {
    perm: [2, 3, 0, 1],
    dims: [channels * multiplier, 1, ...config.kernelSize],
    axis: 0,
  })
  const { kernelSize: kernel, strides, dilationRate: dilations, padding } = config
  const attributes = windowAttributes(image, { kernel, strides, dilations, padding })
  return layer.graph.op('Conv', [image, weight, ...bias], { ...attributes, group: { int: channels } })
}

const DepthwiseConfig = z.object({
  ...base(2),
  depthMultiplier,
  dilationRate: sizes(2, 1).refine(d => d.every(n => n === 1), 'must be 1: TF.js ignores it'),
})
const SeparableConfig = z.object({
  ...base(2),
  filters,
  depthMultiplier,
  dilationRate: sizes(2, 1),
  dataFormat: alwaysLast,
})
/** A transposed convolution: the gradient of a convolution with respect to its input, used as a layer. */
function convTranspose(rank: number): LayerDefinition {
  const dilationRate = sizes(rank, 1).refine(d => d.every(n => n === 1), 'must be 1: TF.js ignores it')
  const schema = z.object({
    ...base(rank),
    filters,
    dilationRate,
    outputPadding: mustBe(0, 'TF.js ignores it'),
  })
  return defineLayer(
    schema,
    (config, [x], layer) => {
      requireRank(layer, x, rank + 2)
      const { kernelSize: kernel, strides, padding } = config
      if (rank === 3 && padding === 'same' && kernel.some((k, i) => k < strides[i])) {
        layer.fail(
          'padding "same" with a stride larger than the kernel, which TF.js misplaces in 3 dimensions',
        )
      }
      const channels = channelsOf(layer, x, config.dataFormat)
      const weight = layer.weight('kernel', [...kernel, config.filters, channels], {
        perm: outwards(rank),
        axis: 1,
      })
      const bias = config.useBias ? [layer.weight('bias', [config.filters])] : []
      const y = asChannelsFirst(layer.graph, x, config.dataFormat, image =>
        layer.graph.op(
          'ConvTranspose',
          [image, weight, ...bias],
          transposeAttributes(kernel, strides, padding),
        ),
      )
      return activate(layer.graph, config.activation, y)
    },
    { note: 'dilation_rate and output_padding, which TF.js ignores, must be 1 and absent' },
  )
}

/**
 * Attributes of ConvTranspose for a result of size·s ("same") or size·s + max(k − s, 0) ("valid"), for any size of the
 * input.
 */
function transposeAttributes(
  kernel: readonly number[],
  strides: readonly number[],
  padding: 'valid' | 'same',
): Record<string, Attribute> {
  const cut = kernel.map((k, i) => (padding === 'same' ? Math.max(0, k - strides[i]) : 0))
  const before = cut.map(total => Math.floor(total / 2))
  return {
    kernel_shape: { ints: kernel },
    strides: { ints: strides },
    pads: { ints: [...before, ...cut.map((total, i) => total - before[i])] },
    output_padding: { ints: kernel.map((k, i) => Math.max(0, strides[i] - k)) },
  }
}

/** Convolutions and transposed convolutions, by class name. */
export const convLayers: Record<string, LayerDefinition> = {
  Conv1D: conv(1),
  Conv2D: conv(2),
  Conv3D: conv(3),
  DepthwiseConv2D: defineLayer(
    DepthwiseConfig,
    (config, [x], layer) => {
      requireRank(layer, x, 4)
      const multiplier = config.depthMultiplier ?? 1
      const channels = channelsOf(layer, x, config.dataFormat)
      const bias = config.useBias ? [layer.weight('bias', [channels * multiplier])] : []
      const y = asChannelsFirst(layer.graph, x, config.dataFormat, image =>
        depthwise(layer, image, config, multiplier, bias),
      )
      return activate(layer.graph, config.activation, y)
    },
    { note: 'dilation_rate, which TF.js ignores, must be 1' },
  ),
  SeparableConv2D: defineLayer(
    SeparableConfig,
    (config, [x], layer) => {
      requireRank(layer, x, 4)
      // TF.js does not save the multiplier: take it from the shape of the weight.
      const multiplier = config.depthMultiplier ?? layer.shape('depthwise_kernel')?.at(-1) ?? 1
      const channels = channelsOf(layer, x, 'channelsLast')
      const pointwise = layer.weight('pointwise_kernel', [1, 1, channels * multiplier, config.filters], {
        perm: outwards(2),
        axis: 0,
      })
      const bias = config.useBias ? [layer.weight('bias', [config.filters])] : []
      const y = asChannelsFirst(layer.graph, x, 'channelsLast', image =>
        layer.graph.op('Conv', [depthwise(layer, image, config, multiplier), pointwise, ...bias], {
          kernel_shape: { ints: [1, 1] },
        }),
      )
      return activate(layer.graph, config.activation, y)
    },
    { note: 'channels last only: TF.js adds the bias along the wrong axis otherwise' },
  ),
  Conv2DTranspose: convTranspose(2),
  Conv3DTranspose: convTranspose(3),
}
