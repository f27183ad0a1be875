import type { CLASSES } from '../../../models/classes.ts'

interface Source {
  title: string
  /** Files of 10,000 training images each, in the order of the data set. */
  parts: number
  /** Sizes on the network, in megabytes: of one such file, and of the test images. */
  megabytes: { part: number; test: number }
}

/** Pixels of a side of every image. */
export const SIDE = 28
/** Images of a file. */
export const PER_PART = 10_000

/** The name of a data set that the page can fetch. */
export type KnownName = keyof typeof CLASSES

/** The data sets beside the page. Of Fashion-MNIST it has all parts where the page was built with LATENT_EDGE_DATA. */
export const SOURCES: Readonly<Record<KnownName, Source>> = {
  mnist: { title: 'MNIST digits', parts: 6, megabytes: { part: 1.7, test: 1.6 } },
  'fashion-mnist': {
    title: 'Fashion-MNIST',
    parts: import.meta.env?.FASHION_MNIST_PARTS ?? 1,
    megabytes: { part: 4.4, test: 0.4 },
  },
}

/** Training images of a set that the page has. */
export function imagesOf(name: KnownName): number {
  return SOURCES[name].parts * PER_PART
}
