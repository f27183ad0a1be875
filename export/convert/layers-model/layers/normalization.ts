import { z } from 'zod'
import type { Builder, Value } from '../../graph/builder.ts'
import { elementwise } from '../../graph/layout.ts'
import { reduce, scalar } from '../../graph/operators.ts'
import { define, flag, known, type LayerDefinition, type LayerScope } from './layer.ts'

const common = { epsilon: z.number().nullish(), center: flag(true), scale: flag(true) }
const BatchConfig = z.object({ ...common, axis: z.union([z.int(), z.tuple([z.int()])]).nullish() })
const LayerConfig = z.object({ ...common, axis: z.union([z.int(), z.array(z.int()).min(1)]).nullish() })

/** An axis counted from the front; refused when the input has none such. */
function axisOf(layer: LayerScope, x: Value, axis: number): number {
  const counted = axis < 0 ? axis + x.dims.length : axis
  if (counted < 1 || counted >= x.dims.length) {
    layer.refuse(`expected an axis from 1 to ${x.dims.length - 1} (or below 0), got ${axis}`)
  }
  return counted
}

/**
 * (x − mean) · gamma / √(variance + epsilon) + beta with the moving statistics, so that each channel has one shift
 * and one factor. Behind a linear layer they end in its weights (see fold.ts).
 */
function batchNormalization(config: z.infer<typeof BatchConfig>, x: Value, layer: LayerScope): Value {
  const axis = axisOf(layer, x, [config.axis ?? -1].flat()[0])
  const channels = known(layer, x, axis, `axis ${axis}`)
  const epsilon = config.epsilon ?? 1e-3
  const mean = layer.numbers('moving_mean', [channels])
  const variance = layer.numbers('moving_variance', [channels])
  const gamma = config.scale ? layer.numbers('gamma', [channels]) : undefined
  const factor = variance.map((v, i) => (gamma?.[i] ?? 1) / Math.sqrt(v + epsilon))
  if (axis !== x.dims.length - 1) {
    layer.refuse(`expected the last axis, got ${axis}: TF.js's backends do not agree on any other`)
  }
  const emit = (image: Value): Value => {
    const dims = image === x ? [channels] : [channels, ...image.dims.slice(2).map(() => 1)]
    const shaped = (name: string, values: ArrayLike<number>) =>
      layer.store(`${name}[${dims.join(',')}]`, dims, values)
    const centred = layer.graph.op('Sub', [image, shaped('mean', mean)])
    const scaled = layer.graph.op('Mul', [centred, shaped('factor', factor)])
    if (!config.center) return scaled
    return layer.graph.op('Add', [scaled, shaped('beta', layer.numbers('beta', [channels]))])
  }
  return elementwise(layer.graph, [x], emit)
}

/** Mean and variance over `axes` of each example, then gamma and beta. */
function layerNormalization(config: z.infer<typeof LayerConfig>, x: Value, layer: LayerScope): Value {
  const { graph } = layer
  const axes = [config.axis ?? -1].flat().map(axis => axisOf(layer, x, axis))
  if (new Set(axes).size !== axes.length) layer.refuse(`axis [${axes}] names one twice`)
  const sizes = axes.map(axis => known(layer, x, axis, `axis ${axis}`))
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

export const normalizationLayers: Record<string, LayerDefinition> = {
  BatchNormalization: define(BatchConfig, (config, [x], layer) => batchNormalization(config, x, layer), {
    masks: 'pass',
    note: 'last axis only, TF.js’s cpu backend computes others wrongly; folded into the weights of the Dense or convolution before it, where it has no activation',
  }),
  LayerNormalization: define(LayerConfig, (config, [x], layer) => layerNormalization(config, x, layer), {
    masks: 'pass',
  }),
}
