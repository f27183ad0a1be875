import type { DividedImages, Images } from '../../../train/step/images.ts'

/**
 * Training data on the page, which shows little of them and passes them on: a Blob goes to workers and into IndexedDB by
 * reference, while pixels would be copied on the page's thread, in 20 ms for 10,000 images.
 */
export interface PackedData extends Omit<DividedImages, 'train' | 'test'> {
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

/** Unpacks what `packData` packed, in a worker. */
export async function unpackData({ shown, ...data }: PackedData): Promise<DividedImages> {
  const unpack = async ({ pixels, ...rest }: PackedImages): Promise<Images> => ({
    ...rest,
    pixels: new Uint8Array(await pixels.arrayBuffer()),
  })
  return { ...data, train: await unpack(data.train), test: await unpack(data.test) }
}

/** What a visitor's own images are called in ids, and where a run directory has them. */
export const OWN_DATA = { name: 'own', file: 'images.npz' } as const
