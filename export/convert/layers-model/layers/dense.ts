import { z } from 'zod'
import { activate, activationField } from './activation.ts'
import { defineLayer, flag, type LayerDefinition, requireSize } from './layer.ts'

const DenseConfig = z.object({
  units: z.int().min(1),
  activation: activationField(),
  useBias: flag(true),
})

/** The Dense layer. */
export const denseLayers: Record<string, LayerDefinition> = {
  Dense: defineLayer(
    DenseConfig,
    ({ units, activation, useBias }, [x], layer) => {
      const { graph } = layer
      if (x.dims.length < 2)
        layer.fail(`expected an input of rank 2 or more, got shape [${x.dims.join(', ')}]`)
      const kernel = layer.weight('kernel', [requireSize(layer, x, -1, 'last axis'), units], { axis: 1 })
      const bias = useBias ? [layer.weight('bias', [units])] : []
      if (x.dims.length === 2) return activate(graph, activation, graph.op('Gemm', [x, kernel, ...bias]))
      const product = graph.op('MatMul', [x, kernel])
      return activate(graph, activation, useBias ? graph.op('Add', [product, ...bias]) : product)
    },
    { masks: 'pass', note: 'any rank: Gemm for 2, MatMul above' },
  ),
}
