import { createHash } from 'node:crypto'
import type { DataIdentity } from '../../models/data-identity.ts'
import type { Images } from '../step/images.ts'
import * as identify from '../step/run/identify-data.ts'
import type { Dataset } from './dataset.ts'

/** SHA-256 by OpenSSL, twice as fast as the implementation that the page uses. */
export const sha256: identify.Sha256 = bytes => createHash('sha256').update(bytes).digest()

/** The identity of a data set: hashes over its images in their order, and over each part regardless of order. */
export function identifyDataset(dataset: Dataset): DataIdentity {
  return identify.identifyData(dataset, sha256)
}

/** A hash over images with the names of their classes, the same for every order of the images. */
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
