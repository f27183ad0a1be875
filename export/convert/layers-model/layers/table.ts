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

/** Layers of Keras that TF.js does not have, so that no LayersModel can hold them. */
export const ABSENT: Readonly<Record<string, string>> = {
  Subtract: 'TF.js has no such layer; a custom class in TF.js and its conversion in `layers` can replace it',
  Lambda: 'it holds Python code, which TF.js cannot load',
}

/** Layers of TF.js that do not convert, and why. */
export const UNCONVERTED: Readonly<Record<string, string>> = {
  RNN: 'arbitrary cells are not supported; use SimpleRNN, GRU or LSTM',
  StackedRNNCells: 'stack recurrent layers instead',
  ConvLSTM2D: 'ONNX has no such operator',
  ConvRNN2D: 'ONNX has no such operator',
  Resizing: 'preprocessing is not converted; do it where the images are read',
  CenterCrop: 'preprocessing is not converted; use Cropping2D',
  CategoryEncoding: 'preprocessing is not converted',
  RandomHeight: 'random numbers at each prediction are not supported',
  RandomWidth: 'random numbers at each prediction are not supported',
}
