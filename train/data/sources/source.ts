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
  /** Whether they come from picture files, to which the import options were applied as each was read. */
  arePictures?: true
}

/** Words that stand for a part. */
const PARTS: Readonly<Record<string, Part>> = {
  train: 'train',
  training: 'train',
  trn: 'train',
  val: 'validation',
  valid: 'validation',
  validation: 'validation',
  validate: 'validation',
  dev: 'validation',
  publictest: 'validation',
  test: 'test',
  tests: 'test',
  testing: 'test',
  tst: 'test',
  t10k: 'test',
  eval: 'test',
  evaluation: 'test',
  holdout: 'test',
  privatetest: 'test',
}
/** Words that may stand beside them: `train_set`, `Training Images`, `images-val`. */
const FILLERS = new Set([
  'set',
  'data',
  'dataset',
  'split',
  'part',
  'images',
  'imgs',
  'image',
  'img',
  'folder',
])

/**
 * The part that a folder, an array or a value of a column stands for: `train`, `Training Set`, `val_images`, `testset`.
 * Undefined where it is none, or names two.
 */
export function partOf(name: string): Part | undefined {
  const whole = name.toLowerCase()
  if (Object.hasOwn(PARTS, whole)) return PARTS[whole]
  const words = wordsOf(name)
    .map(word => word.replace(/(?<=.)(data)?sets?$/, ''))
    .filter(word => !FILLERS.has(word))
  return words.length === 1 && Object.hasOwn(PARTS, words[0]) ? PARTS[words[0]] : undefined
}

/** The words of a name in lower case: `xTrain`, `x_train` and `X-train` are x and train. */
export function wordsOf(name: string): string[] {
  return name
    .replace(/([a-z])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u)
    .filter(word => word !== '')
}
