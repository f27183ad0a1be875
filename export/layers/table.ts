import { activationLayers } from './activation.ts'
import { denseLayers } from './dense.ts'
import type { LayerDefinition } from './layer.ts'

/** Every class of layers that converts, by TF.js class name. */
export const LAYERS: Readonly<Record<string, LayerDefinition>> = {
  ...denseLayers,
  ...activationLayers,
}
