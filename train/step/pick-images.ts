import { shuffle, stream } from '../../models/random.ts'
import type { Images } from '../data/dataset.ts'

/** The choice of test images that cards are checked on. */
export const SUBSET = { seed: 1, images: 1000 }

/**
 * Indices of a seeded choice without repetition, ascending: the first of a shuffle of all.
 *
 * @param count images to choose from; all are taken where there are fewer than are wanted
 */
export function chooseSubset(count: number, { seed, images } = SUBSET): Uint32Array {
  const all = Uint32Array.from({ length: count }, (_, i) => i)
  return shuffle(stream(seed, 'subset'), all).slice(0, images).sort()
}

/** The pixels of the chosen images, in the order of `indices`: [indices, pixels of an image], 0 … 255. */
export function pickPixels(images: Images, indices: Uint32Array): Uint8Array {
  const size = images.pixels.length / images.count
  const picked = new Uint8Array(indices.length * size)
  indices.forEach((image, i) => {
    picked.set(images.pixels.subarray(image * size, (image + 1) * size), i * size)
  })
  return picked
}
