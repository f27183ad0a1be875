import type { DividedImages, Images } from '../../../train/step/images.ts'

/**
 * Training data as the page holds it. The page shows few of the images and passes all of them on: a Blob goes to
 * workers and into IndexedDB by reference, while copying the pixels would take the page's thread 20 ms for 10,000
 * images.
 */
export interface PackedData extends Omit<DividedImages, 'train' | 'test'> {
  train: PackedImages
  test: PackedImages
  /** Pixels of the first ten test images (or fewer), which the page shows: [images, height, width]. */
  shown: Uint8Array
}

interface PackedImages extends Omit<Images, 'pixels'> {
  pixels: Blob
}

/** How many test images the page shows beside their reconstructions. */
export const SHOWN_IMAGES = 10

/** Converts training data to the page's form. */
export function packData(data: DividedImages): PackedData {
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

/** Converts training data from the page's form, in a worker. */
export async function unpackData({ shown, ...data }: PackedData): Promise<DividedImages> {
  const unpack = async ({ pixels, ...rest }: PackedImages): Promise<Images> => ({
    ...rest,
    pixels: new Uint8Array(await pixels.arrayBuffer()),
  })
  return { ...data, train: await unpack(data.train), test: await unpack(data.test) }
}

/** The name of the visitor's own images in ids, and their file in a run directory. */
export const OWN_DATA = { name: 'own', file: 'images.npz' } as const
