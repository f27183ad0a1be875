import { z } from 'zod'
import type { Builder } from '../../graph/builder.ts'
import { elementwise } from '../../graph/layout.ts'
import { reduce, scalar } from '../../graph/operators.ts'
import type { Value } from '../../graph/value.ts'
import { defineLayer, flag, type LayerDefinition, type LayerScope, mustBe, requireSize } from './layer.ts'

const common = { epsilon: z.number().nullish(), center: flag(true), scale: flag(true) }
const BatchConfig = z.object({
  ...common,
  mode: mustBe(0, 'other modes of Keras 1 are not supported'),
  axis: z.union([z.int(), z.tuple([z.int()])]).nullish(),
})
const LayerConfig = z.object({
  ...common,
  rmsScaling: mustBe(false, 'TF.js ignores it'),
  axis: z.union([z.int(), z.array(z.int()).min(1)]).nullish(),
})

/** Normalizes an axis to count from the front. Throws if the input does not have it. */
function axisOf(layer: LayerScope, x: Value, axis: number): number {
  const counted = axis < 0 ? axis + x.dims.length : axis
  if (counted < 1 || counted >= x.dims.length) {
    layer.fail(`expected an axis from 1 to ${x.dims.length - 1} (or below 0), got ${axis}`)
  }
  return counted
}

/**
 * (x − mean) · gamma / √(variance + epsilon) + beta with the moving statistics, as one shift and one factor for each
 * channel. After a linear layer they are folded into its weights (see graph/fold-constants.ts).
 */
function batchNormalization(config: z.infer<typeof BatchConfig>, x: Value, layer: LayerScope): Value {
  const axis = axisOf(layer, x, [config.axis ?? -1].flat()[0])
  const channels = requireSize(layer, x, axis, `axis ${axis}`)
  const epsilon = config.epsilon ?? 1e-3
  const mean = layer.numbers('moving_mean', [channels])
  const variance = layer.numbers('moving_variance', [channels])
  const gamma = config.scale ? layer.numbers('gamma', [channels]) : undefined
  const factor = variance.map((v, i) => (gamma?.[i] ?? 1) / Math.sqrt(v + epsilon))
  const emit = (image: Value): Value => {
    // In the channels-first form, channels are axis 1; trailing axes of size 1 broadcast over the axes after it.
    const behind = image === x ? x.dims.length - 1 - axis : image.dims.length - 2
    const dims = [channels, ...Array<number>(behind).fill(1)]
    const shaped = (name: string, values: ArrayLike<number>) =>
      layer.store(`${name}[${dims.join(',')}]`, dims, values)
    const centred = layer.graph.op('Sub', [image, shaped('mean', mean)])
    const scaled = layer.graph.op('Mul', [centred, shaped('factor', factor)])
    if (!config.center) return scaled
    return layer.graph.op('Add', [scaled, shaped('beta', layer.numbers('beta', [channels]))])
  }
  if (axis !== x.dims.length - 1) layer.unlikeTfjs("TF.js's cpu backend normalizes along the last axis")
  return axis === x.dims.length - 1 ? elementwise(layer.graph, [x], emit) : emit(x)
}

/** Normalizes each example by its mean and variance over `axes`, then applies gamma and beta. */
function layerNormalization(config: z.infer<typeof LayerConfig>, x: Value, layer: LayerScope): Value {
  const { graph } = layer
  const axes = [config.axis ?? -1].flat().map(axis => axisOf(layer, x, axis))
  if (new Set(axes).size !== axes.length) layer.fail(`axis: expected different axes, got [${axes}]`)
  const sizes = axes.map(axis => requireSize(layer, x, axis, `axis ${axis}`))
  const broadcast = x.dims.map((_, axis) => (axes.includes(axis) ? (x.dims[axis] as number) : 1))
  const dims = broadcast.slice(Math.min(...axes))
  const normal = standardized(graph, x, axes, config.epsilon ?? 1e-3)
  const scaled = config.scale ? graph.op('Mul', [normal, layer.weight('gamma', sizes, { dims })]) : normal
  return config.center ? graph.op('Add', [scaled, layer.weight('beta', sizes, { dims })]) : scaled
}

function standardized(graph: Builder, x: Value, axes: readonly number[], epsilon: number): Value {
  const centred = graph.op('Sub', [x, reduce(graph, 'ReduceMean', x, axes, true)])
  const variance = reduce(graph, 'ReduceMean', graph.op('Mul', [centred, centred]), axes, true)
  return graph.op('Div', [centred, graph.op('Sqrt', [graph.op('Add', [variance, scalar(graph, epsilon)])])])
}

/** Batch and layer normalization, by class name. */
export const normalizationLayers: Record<string, LayerDefinition> = {
  BatchNormalization: defineLayer(BatchConfig, (config, [x], layer) => batchNormalization(config, x, layer), {
    masks: 'pass',
    note: 'any axis, by Keras’ definition (TF.js’s cpu backend is wrong for all but the last); folded into the weights of the Dense or convolution before it, where it has no activation',
  }),
  LayerNormalization: defineLayer(LayerConfig, (config, [x], layer) => layerNormalization(config, x, layer), {
    masks: 'pass',
  }),
}
