import { z } from 'zod'
import { asChannelsFirst, channelsFirst } from '../../graph/layout.ts'
import { reduce, reshape } from '../../graph/operators.ts'
import type { Value } from '../../graph/value.ts'
import { windowAttributes } from '../../graph/window.ts'
import {
  channelsLastOnly,
  dataFormat,
  defineLayer,
  type LayerDefinition,
  type LayerScope,
  mustBe,
  paddingField,
  requireRank,
  requireSize,
  sizes,
} from './layer.ts'

/** Pooling: the maximum of a window, or the mean of those of its elements that lie inside the image. */
function pool(op: 'MaxPool' | 'AveragePool', rank: number): LayerDefinition {
  const schema = z.object({
    ...(rank === 1 ? { dataFormat: channelsLastOnly } : { dataFormat }),
    poolSize: sizes(rank, 2),
    strides: z.union([z.null(), z.undefined(), sizes(rank)]),
    padding: paddingField,
  })
  return defineLayer(schema, ({ poolSize, strides, padding, dataFormat }, [x], layer) => {
    requireRank(layer, x, rank + 2)
    return asChannelsFirst(layer.graph, x, dataFormat, image =>
      layer.graph.op(
        op,
        [image],
        windowAttributes(image, { kernel: poolSize, strides: strides ?? poolSize, padding }),
      ),
    )
  })
}

const keepdims = mustBe(false, 'TF.js ignores it')
const Global1dConfig = z.object({ dataFormat: channelsLastOnly, keepdims })
const GlobalConfig = z.object({ dataFormat, keepdims })
const GLOBAL_NOTE = { note: 'keepdims, which TF.js ignores, must be false' }

function global1d(op: 'ReduceMax' | 'ReduceMean'): LayerDefinition {
  return defineLayer(
    Global1dConfig,
    (_, [x], layer) => {
      requireRank(layer, x, 3)
      return reduce(layer.graph, op, x, [1], false)
    },
    GLOBAL_NOTE,
  )
}

function global2d(op: 'GlobalMaxPool' | 'GlobalAveragePool'): LayerDefinition {
  return defineLayer(
    GlobalConfig,
    ({ dataFormat }, [x], layer) => {
      requireRank(layer, x, 4)
      return pooled(layer, op, dataFormat === 'channelsFirst' ? x : channelsFirst(layer.graph, x))
    },
    GLOBAL_NOTE,
  )
}

function pooled(layer: LayerScope, op: string, image: Value): Value {
  return reshape(layer.graph, layer.graph.op(op, [image]), [0, requireSize(layer, image, 1, 'channel axis')])
}

/** Pooling layers, by class name. */
export const poolLayers: Record<string, LayerDefinition> = {
  MaxPooling1D: pool('MaxPool', 1),
  MaxPooling2D: pool('MaxPool', 2),
  MaxPooling3D: pool('MaxPool', 3),
  AveragePooling1D: pool('AveragePool', 1),
  AveragePooling2D: pool('AveragePool', 2),
  AveragePooling3D: pool('AveragePool', 3),
  GlobalMaxPooling1D: global1d('ReduceMax'),
  GlobalMaxPooling2D: global2d('GlobalMaxPool'),
  GlobalAveragePooling1D: global1d('ReduceMean'),
  GlobalAveragePooling2D: global2d('GlobalAveragePool'),
}
