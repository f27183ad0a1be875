import { z } from 'zod'
import { ActivationField, activate } from './activation.ts'
import { define, type LayerDefinition } from './layer.ts'

const DenseConfig = z.object({
  units: z.int().min(1),
  activation: ActivationField,
  useBias: z.boolean().nullish(),
})

export const denseLayers: Record<string, LayerDefinition> = {
  Dense: define(
    DenseConfig,
    ({ units, activation, useBias }, [x], layer) => {
      const { graph } = layer
      const features = x.dims.at(-1)
      if (typeof features !== 'number') return layer.refuse('the number of input features is not known')
      const kernel = layer.weight('kernel', [features, units], 1)
      const bias = useBias === false ? undefined : layer.weight('bias', [units])
      if (x.dims.length === 2) {
        return activate(graph, activation, graph.op('Gemm', bias ? [x, kernel, bias] : [x, kernel]))
      }
      const product = graph.op('MatMul', [x, kernel])
      return activate(graph, activation, bias ? graph.op('Add', [product, bias]) : product)
    },
    'Gemm for rank 2, MatMul and Add above.',
  ),
}
