import { activationLayers } from './activation.ts'
import { convLayers } from './conv.ts'
import { denseLayers } from './dense.ts'
import { embeddingLayers } from './embedding.ts'
import type { LayerDefinition } from './layer.ts'
import { mergeLayers } from './merge.ts'
import { normalizationLayers } from './normalization.ts'
import { poolLayers } from './pool.ts'
import { recurrentLayers } from './recurrent.ts'
import { shapeLayers } from './shape.ts'
import { trainLayers } from './train.ts'
import { wrapperLayers } from './wrapper.ts'

/** Every class of layers that converts, by TF.js class name. */
export const LAYERS: Readonly<Record<string, LayerDefinition>> = {
  ...denseLayers,
  ...convLayers,
  ...poolLayers,
  ...shapeLayers,
  ...mergeLayers,
  ...normalizationLayers,
  ...trainLayers,
  ...activationLayers,
  ...embeddingLayers,
  ...recurrentLayers,
  ...wrapperLayers,
}

/** Keras layers that people ask for and TF.js does not have, with what to do instead. */
export const ABSENT: Readonly<Record<string, string>> = {
  Subtract: 'TF.js has no such layer; add one with tf.serialization.registerClass and registerLayer',
  Lambda: 'it holds Python code, which TF.js cannot load',
}
