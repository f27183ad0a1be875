import type { ImageImport } from '../../../models/image-import.ts'
import type { Polarity } from '../../../models/polarity.ts'
import type { Images } from '../../../train/step/images.ts'

/** Images to train on and others to look at while training, all of one size. */
export interface TrainingData {
  /** As in model ids: `mnist`, or `OWN_DATA`. */
  name: string
  height: number
  width: number
  /** Names of the labels; empty for images without classes. */
  classes: string[]
  polarity: Polarity
  /** How pictures became these images; absent for the known sets. */
  import?: ImageImport
  train: Images
  /** Images that training never sees. */
  test: Images
}

/**
 * Training data on the page, which shows little of them and passes them on: a Blob goes to workers and into IndexedDB by
 * reference, while pixels would be copied on the page's thread, in 20 ms for 10,000 images.
 */
export interface PackedData extends Omit<TrainingData, 'train' | 'test'> {
  train: PackedImages
  test: PackedImages
  /** Pixels of the test images that the page shows, [10, height, width], or fewer where there are fewer. */
  shown: Uint8Array
}

interface PackedImages extends Omit<Images, 'pixels'> {
  pixels: Blob
}

/** Test images that the page shows beside their reconstructions. */
export const SHOWN_IMAGES = 10

/** Packs training data for the page. */
export function packData(data: TrainingData): PackedData {
  const pack = ({ pixels, ...rest }: Images): PackedImages => ({
    ...rest,
    pixels: new Blob([pixels as Uint8Array<ArrayBuffer>]),
  })
  return {
    ...data,
    train: pack(data.train),
    test: pack(data.test),
    shown: data.test.pixels.slice(0, SHOWN_IMAGES * data.height * data.width),
  }
}

/** Unpacks what `packData` packed, in a worker. */
export async function unpackData({ shown, ...data }: PackedData): Promise<TrainingData> {
  const unpack = async ({ pixels, ...rest }: PackedImages): Promise<Images> => ({
    ...rest,
    pixels: new Uint8Array(await pixels.arrayBuffer()),
  })
  return { ...data, train: await unpack(data.train), test: await unpack(data.test) }
}

/** What a visitor's own images are called in ids, and where a run directory has them. */
export const OWN_DATA = { name: 'own', file: 'images.npz' } as const
