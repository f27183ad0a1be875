import { createRng, shuffle } from '../../../models/random.ts'

/** Seed and size of the subset of test images that cards are checked on. */
export const SUBSET = { seed: 1, images: 1000 }

/**
 * A seeded random subset of the indices 0 … count − 1, ascending. All are taken where `count` is at most `images`.
 */
export function chooseSubset(count: number, { seed, images } = SUBSET): Uint32Array {
  const all = Uint32Array.from({ length: count }, (_, i) => i)
  return shuffle(createRng(seed, 'subset'), all).slice(0, images).sort()
}
