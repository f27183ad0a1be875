import type { Polarity } from '../../../models/polarity.ts'
import type { Images } from '../../../train/step/images.ts'

/** Images to train on and others to look at while training, all of one size. */
export interface TrainingData {
  /** As in model ids: `mnist`, or `OWN_DATA`. */
  name: string
  height: number
  width: number
  /** Names of the labels; empty for images without classes. */
  classes: string[]
  polarity: Polarity
  train: Images
  /** Images that training never sees. */
  test: Images
}

/** What a visitor's own images are called in ids, and where a run directory has them. */
export const OWN_DATA = { name: 'own', file: 'images.npz' } as const
