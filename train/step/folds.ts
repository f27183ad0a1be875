import { createRng, shuffle } from '../../models/random.ts'

/** Indices into a training set, both ascending: the images to fit on, and those to hold out. */
export interface Fold {
  train: Uint32Array
  validation: Uint32Array
}

/** How images are divided into folds: by a seeded shuffle, or in contiguous ranges. */
export type Order = 'shuffled' | 'contiguous'

/**
 * One fold of a K-fold cross-validation. The validation sets of the `folds` folds partition 0 … count − 1; their sizes
 * differ by at most one, the larger first. 60,000 images in 10 folds: 54,000 and 6,000; 1,565 in 5: 1,252 and 313.
 *
 * @param count images of the training set
 * @param folds K, 2 … count
 * @param index which fold, 0 … K − 1
 * @param seed of the shuffle; has no effect on a contiguous order
 * @param order 'contiguous' keeps neighbours together, as needed for the frames of a video
 * @throws RangeError when count, folds or index is out of range, or the seed is not an integer in [0, 2³²)
 */
export function fold(
  count: number,
  folds: number,
  index: number,
  seed: number,
  order: Order = 'shuffled',
): Fold {
  check('count', count, 2, 0xffffffff)
  check('folds', folds, 2, count)
  check('index', index, 0, folds - 1)
  const dealt = deal(count, order, createRng(seed, 'folds'))
  const size = Math.floor(count / folds)
  const larger = count % folds
  const start = index * size + Math.min(index, larger)
  const end = start + size + (index < larger ? 1 : 0)
  const train = new Uint32Array(count - (end - start))
  train.set(dealt.subarray(0, start))
  train.set(dealt.subarray(end), start)
  return { train: train.sort(), validation: dealt.slice(start, end).sort() }
}

/**
 * Divides 0 … count − 1 into a training set and the `heldOut` images of a test set, both ascending. A contiguous order
 * holds out the last ones.
 */
export function holdOut(count: number, heldOut: number, seed: number, order: Order) {
  check('heldOut', heldOut, 1, count - 1)
  const dealt = deal(count, order, createRng(seed, 'split'))
  return { train: dealt.slice(0, count - heldOut).sort(), test: dealt.slice(count - heldOut).sort() }
}

function deal(count: number, order: Order, uniform: () => number): Uint32Array {
  const indices = Uint32Array.from({ length: count }, (_, i) => i)
  return order === 'shuffled' ? shuffle(uniform, indices) : indices
}

function check(name: string, value: number, low: number, high: number): void {
  if (!Number.isInteger(value) || value < low || value > high) {
    throw new RangeError(`${name}: expected an integer from ${low} to ${high}, got ${value}`)
  }
}
