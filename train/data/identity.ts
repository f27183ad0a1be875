import { createHash } from 'node:crypto'
import type { DataIdentity } from '../../models/data-identity.ts'
import type { Images } from '../step/images.ts'
import * as identify from '../step/run/identify-data.ts'
import type { Dataset } from './dataset.ts'

/** OpenSSL's, twice as fast as what a browser has for this. */
export const sha256: identify.Sha256 = bytes => createHash('sha256').update(bytes).digest()

/** Which data this is: hashes of what it holds, in its order and in any order. */
export function identifyDataset(dataset: Dataset): DataIdentity {
  return identify.identifyData(dataset, sha256)
}

/** A hash of which images there are, with the names of their classes, in whatever order. */
export function hashImageSet(images: Images, classes: readonly string[]): string {
  return identify.hashImageSet(images, classes, sha256)
}

/** The hash of each image with the name of its class. */
export function hashImages(images: Images, classes: readonly string[]): string[] {
  return identify.hashImages(images, classes, sha256)
}

/** The hash of a set of images by those of its images. */
export function hashOfHashes(hashes: readonly string[]): string {
  return identify.hashOfHashes(hashes, sha256)
}

/** SHA-256 over all pixels, train then test, in hex. */
export function hashPixels(dataset: Pick<Dataset, 'train' | 'test'>): string {
  return identify.hashPixels(dataset, sha256)
}
