import type { Images } from './dataset.ts'

/** The pixels of the chosen images, in the order of `indices`: [indices, pixels of an image], 0 … 255. */
export function pickPixels(images: Images, indices: Uint32Array): Uint8Array {
  const size = images.pixels.length / images.count
  const picked = new Uint8Array(indices.length * size)
  indices.forEach((image, i) => {
    picked.set(images.pixels.subarray(image * size, (image + 1) * size), i * size)
  })
  return picked
}
