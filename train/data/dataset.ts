import type { ImageImport } from '../../models/image-import.ts'
import type { Polarity } from '../../models/polarity.ts'
import type { Images } from '../step/images.ts'

/** A data set, divided into what is trained on (and folded) and what only tests see. */
export interface Dataset {
  /** A short name for ids and file names; for a user's own data the given one, or that of its file or folder. */
  name: string
  /** Pixels: rows and columns of an image. */
  height: number
  width: number
  /** Names of the labels in order; empty where the data has none. */
  classes: string[]
  polarity: Polarity
  /** How pictures became these images; absent for the known sets. */
  import?: ImageImport
  train: Images
  test: Images
  /** Indices of the training images that the data itself holds out for validation; without it folds do. */
  validation?: Uint32Array
  /** How the data was divided, where that is a choice and not as published. */
  note?: string
  /** What was read of a user's own data. */
  reading?: Reading
}

/** What was read of a user's own data and what was not. */
export interface Reading {
  images: number
  /** Files that were not read, each with the reason. */
  skipped: Skipped[]
  /** Images whose pixels equal those of an image before them. */
  duplicates: number
  /** Test images whose pixels also occur in training. */
  leaked: number
}

/** A file that could not be read as an image. */
export interface Skipped {
  path: string
  /** The class its folder stands for; null where there is none. */
  label: string | null
  reason: string
}

/** A data set whose images have not been divided. */
export type Undivided = Omit<Dataset, 'train' | 'test' | 'note' | 'validation'> & { all: Images }
