import type { Skipped } from '../dataset.ts'

/** The parts that data may come divided into. */
export type Part = 'train' | 'validation' | 'test'

/** An image as a source gives it. */
export interface SourceImage {
  /** [height · width], row-major, 0 … 255. */
  pixels: Uint8Array
  /** The name of its class; null where the source has none. */
  label: string | null
  /** Null where the source is not divided. */
  part: Part | null
}

/** A user's own images, all of one size. */
export interface Source {
  /** Made from the path, fit for ids. */
  name: string
  height: number
  width: number
  images: SourceImage[]
  skipped: Skipped[]
}

/** Folder names, array names and column values that stand for a part. */
const PARTS: Readonly<Record<string, Part>> = {
  train: 'train',
  training: 'train',
  trn: 'train',
  val: 'validation',
  valid: 'validation',
  validation: 'validation',
  dev: 'validation',
  publictest: 'validation',
  test: 'test',
  testing: 'test',
  tst: 'test',
  privatetest: 'test',
}

/** The part that a word stands for, letter case ignored; undefined for other words. */
export function partOf(word: string): Part | undefined {
  return PARTS[word.toLowerCase()]
}
