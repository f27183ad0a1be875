import type { ImageImport } from '../../models/image-import.ts'
import { oneHot } from '../../models/one-hot.ts'
import type { Polarity } from '../../models/polarity.ts'

/** Grey images and, where the data has them, their labels. */
export interface Images {
  count: number
  /** [count, height · width], row-major, 0 … 255. */
  pixels: Uint8Array
  /** [count], indices into the data set's classes. */
  labels: Uint8Array | null
}

/** Pixels: rows and columns of an image. */
export interface ImageShape {
  height: number
  width: number
}

/** Images of one size, divided into those to train on and those that only tests see. */
export interface DividedImages extends ImageShape {
  /** A short name for ids and file names: `mnist`, or that of a user's own images. */
  name: string
  /** Names of the labels in order; empty where the images have none. */
  classes: string[]
  polarity: Polarity
  /** How pictures became these images; absent for the known sets. */
  import?: ImageImport
  train: Images
  test: Images
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

/** The images at `indices`, in that order: a copy. */
export function pickImages(images: Images, indices: Uint32Array): Images {
  const { labels } = images
  return {
    count: indices.length,
    pixels: pickPixels(images, indices),
    labels: labels && Uint8Array.from(indices, i => labels[i]),
  }
}

/** Two sets as one. */
export function joinImages(a: Images, b: Images): Images {
  const pixels = new Uint8Array(a.pixels.length + b.pixels.length)
  pixels.set(a.pixels)
  pixels.set(b.pixels, a.pixels.length)
  const labels = a.labels && b.labels && Uint8Array.from([...a.labels, ...b.labels])
  return { count: a.count + b.count, pixels, labels }
}

/** The first images of a set, at most `count`; a view. */
export function firstImages({ count: all, pixels, labels }: Images, count: number): Images {
  const n = Math.min(count, all)
  return {
    count: n,
    pixels: pixels.subarray(0, n * (pixels.length / all)),
    labels: labels?.subarray(0, n) ?? null,
  }
}

/**
 * The classes of the images at `indices` as one-hot rows [indices, classes]: the `y` of a conditional model.
 *
 * @throws RangeError when the images have no labels
 */
export function classRows({ labels }: Images, indices: Uint32Array, classes: number): Float32Array {
  if (!labels) throw new RangeError('a conditional model needs labelled images')
  return oneHot(
    Array.from(indices, i => labels[i]),
    classes,
  )
}
