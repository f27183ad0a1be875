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
  RNN: 'cells of any kind; SimpleRNN, GRU and LSTM convert',
  StackedRNNCells: 'stack recurrent layers instead',
  ConvLSTM2D: 'ONNX has no such operator',
  ConvRNN2D: 'ONNX has no such operator',
  Resizing: 'a step before the model; do it where the images are read',
  CenterCrop: 'a step before the model; Cropping2D converts',
  CategoryEncoding: 'a step before the model',
  RandomHeight: 'draws anew at each prediction',
  RandomWidth: 'draws anew at each prediction',
}
