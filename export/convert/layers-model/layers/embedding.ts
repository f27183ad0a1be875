import { z } from 'zod'
import type { Builder } from '../../graph/builder.ts'
import { cast, reduce, scalar, squeeze } from '../../graph/operators.ts'
import type { Value } from '../../graph/value.ts'
import { defineLayer, flag, type LayerDefinition } from './layer.ts'

const EmbeddingConfig = z.object({
  inputDim: z.int().min(1),
  outputDim: z.int().min(1),
  maskZero: flag(false),
})

/** 1 where x differs from `value`, else 0, as float. */
function differs(graph: Builder, x: Value, value: number): Value {
  return cast(graph, graph.op('Not', [graph.op('Equal', [x, scalar(graph, value)])]), 'float')
}

/** The Embedding layer. */
export const embeddingLayers: Record<string, LayerDefinition> = {
  Embedding: defineLayer(
    EmbeddingConfig,
    ({ inputDim, outputDim, maskZero }, [x], layer) => {
      const { graph } = layer
      const table = layer.weight('embeddings', [inputDim, outputDim], { axis: 0 })
      const rows = graph.op('Gather', [table, cast(graph, x, 'int64')], { axis: { int: 0 } })
      if (!maskZero) return rows
      return { ...rows, mask: cast(graph, differs(graph, cast(graph, x, 'float'), 0), 'bool') }
    },
    { masks: 'handle', integers: true, note: 'mask_zero reaches recurrent layers' },
  ),
  Masking: defineLayer(
    z.object({ maskValue: z.number().nullish() }),
    ({ maskValue }, [x], { graph }) => {
      const last = x.dims.length - 1
      const keep = reduce(graph, 'ReduceMax', differs(graph, x, maskValue ?? 0), [last], true)
      return { ...graph.op('Mul', [x, keep]), mask: cast(graph, squeeze(graph, keep, last), 'bool') }
    },
    { masks: 'handle', note: 'reaches recurrent layers' },
  ),
}
