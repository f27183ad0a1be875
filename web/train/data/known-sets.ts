import type { CLASSES } from '../../../models/classes.ts'

interface Source {
  title: string
  /** Files of 10,000 training images each, in the order of the data set. */
  parts: number
  /** Size of one such file on the network, in megabytes. */
  megabytes: number
}

/** Pixels of a side of every image. */
export const SIDE = 28
/** Images of a file. */
export const PER_PART = 10_000

/** The name of a data set that the page can fetch. */
export type KnownName = keyof typeof CLASSES

/** The data sets that lie beside the page. Of Fashion-MNIST it has the first 10,000 training images. */
export const SOURCES: Readonly<Record<KnownName, Source>> = {
  mnist: { title: 'MNIST digits', parts: 6, megabytes: 1.7 },
  'fashion-mnist': { title: 'Fashion-MNIST', parts: 1, megabytes: 4.4 },
}
