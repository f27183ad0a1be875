import * as ort from 'onnxruntime-node'
import { graphsOf, type ModelVersion } from '../../models/registry/version.ts'
import { binarizedDataset } from '../data/binarized.ts'
import { chooseFold } from '../data/choose-fold.ts'
import type { Dataset } from '../data/dataset.ts'
import { loadDataset } from '../data/load-dataset.ts'
import type { Fold } from '../step/folds.ts'
import type { OnnxRuntime } from '../step/onnx-engine.ts'
import { encodeAll, openOnnxModel, type Posteriors } from '../step/run/onnx-model.ts'

/** The images that an exported model was trained on and validated with, and their posteriors. */
export interface EncodedFold {
  dataset: Dataset
  chosen: Fold
  /** Posteriors of the fold's training and of its validation images. */
  trained: Posteriors
  heldOut: Posteriors
}

/** Encodes the training and validation images of an exported model's fold, binarised for a model of binary pixels. */
export async function encodeFold({ card, files }: ModelVersion, dataDir?: string): Promise<EncodedFold> {
  const loaded = await loadDataset(card.dataset.name, { dataDir })
  const { pixels, seed } = card.training
  const dataset = pixels === 'binarized' ? binarizedDataset(loaded, seed) : loaded
  const chosen = chooseFold(dataset, { ...card.training, foldSeed: 0, split: 'shuffled' })
  const model = await openOnnxModel(ort as OnnxRuntime, graphsOf(files), card.architecture)
  const trained = await encodeAll(model, dataset.train, chosen.train)
  const heldOut = await encodeAll(model, dataset.train, chosen.validation)
  await model.close()
  return { dataset, chosen, trained, heldOut }
}
