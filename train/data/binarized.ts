import { createRng } from '../../models/random.ts'
import { binarize } from '../step/binarize.ts'
import type { Dataset } from './dataset.ts'

/**
 * A data set on which models of binary pixels are evaluated: each pixel is drawn once as 0 or 255, with its intensity
 * as probability. The same seed gives the same pixels.
 */
export function binarizedDataset(dataset: Dataset, seed: number): Dataset {
  const { train, test } = dataset
  return {
    ...dataset,
    train: { ...train, pixels: binarize(train.pixels, createRng(seed, 'binarize', 'train')) },
    test: { ...test, pixels: binarize(test.pixels, createRng(seed, 'binarize', 'test')) },
  }
}
