import type { Images } from '../../train/step/images.ts'

/** Images to train on and others to look at while training, all of one size. */
export interface TrainingData {
  /** As in model ids: `mnist`, or a short name for a visitor's own images. */
  name: string
  height: number
  width: number
  /** Names of the labels; empty for images without classes. */
  classes: string[]
  train: Images
  /** Images that training never sees. */
  test: Images
}

/** The first images of a set, at most `count`. */
export function firstImages(images: Images, count: number): Images {
  const n = Math.min(count, images.count)
  const size = images.pixels.length / images.count
  return {
    count: n,
    pixels: images.pixels.subarray(0, n * size),
    labels: images.labels?.subarray(0, n) ?? null,
  }
}
