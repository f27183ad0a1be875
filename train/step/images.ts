/** Grey images and, where the data has them, their labels. */
export interface Images {
  count: number
  /** [count, height · width], row-major, 0 … 255. */
  pixels: Uint8Array
  /** [count], indices into the data set's classes. */
  labels: Uint8Array | null
}

/** The pixels of the images at `indices`, in that order: [indices, pixels of an image], 0 … 255. */
export function pickPixels(images: Images, indices: Uint32Array): Uint8Array {
  const size = images.pixels.length / images.count
  const picked = new Uint8Array(indices.length * size)
  indices.forEach((image, i) => {
    picked.set(images.pixels.subarray(image * size, (image + 1) * size), i * size)
  })
  return picked
}
