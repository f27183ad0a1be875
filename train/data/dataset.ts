import type { DividedImages, Images } from '../step/images.ts'

/** A data set. Its training images are divided into folds. */
export interface Dataset extends DividedImages {
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
