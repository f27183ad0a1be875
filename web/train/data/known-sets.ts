import type { CLASSES } from '../../../models/classes.ts'

interface Source {
  title: string
  /** How many files of 10,000 training images the page has, in the data set's order. */
  parts: number
  /** Compressed sizes in megabytes, of one such file and of the test images. */
  megabytes: { part: number; test: number }
}

/** Pixels along each side of an image. */
export const SIDE = 28
/** Training images in each file. */
export const PER_PART = 10_000

/** The name of a data set that the page can fetch. */
export type KnownName = keyof typeof CLASSES

/** The data sets that are part of the page. It has all of Fashion-MNIST if it was built with LATENT_EDGE_DATA. */
export const SOURCES: Readonly<Record<KnownName, Source>> = {
  mnist: { title: 'MNIST digits', parts: 6, megabytes: { part: 1.7, test: 1.6 } },
  'fashion-mnist': {
    title: 'Fashion-MNIST',
    parts: import.meta.env?.FASHION_MNIST_PARTS ?? 1,
    megabytes: { part: 4.4, test: 0.4 },
  },
}

/** How many training images of a data set the page has. */
export function countTrainingImages(name: KnownName): number {
  return SOURCES[name].parts * PER_PART
}
