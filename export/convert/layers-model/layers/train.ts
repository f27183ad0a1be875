import { z } from 'zod'
import { cast, scalar } from '../../graph/operators.ts'
import { defineLayer, type LayerDefinition } from './layer.ts'

/** A layer that has an effect only in training. */
const identity = defineLayer(z.object({}), (_, [x]) => x, {
  masks: 'pass',
  integers: true,
  note: 'removed, since it acts only in training',
})

/**
 * Layers that act during training only (dropout, noise), by class name: outside training they return their input.
 */
export const trainLayers: Record<string, LayerDefinition> = {
  Dropout: identity,
  SpatialDropout1D: identity,
  GaussianNoise: identity,
  GaussianDropout: identity,
  AlphaDropout: identity,
  Rescaling: defineLayer(
    z.object({ scale: z.number(), offset: z.number().nullish() }),
    ({ scale, offset }, [x], { graph }) =>
      graph.op('Add', [
        graph.op('Mul', [cast(graph, x, 'float'), scalar(graph, scale)]),
        scalar(graph, offset ?? 0),
      ]),
    { integers: true },
  ),
}
