import type { DataIdentity } from '../../../models/data-identity.ts'
import { toBase64 } from '../../../models/files/base64.ts'
import { concatBytes, toHex } from '../../../models/files/bytes.ts'
import { encodeUtf8 } from '../../../models/files/utf8.ts'
import type { Images } from '../images.ts'

/** SHA-256 of bytes, synchronous: awaiting Web Crypto's for each of 70,000 images takes ten times as long. */
export type Sha256 = (bytes: Uint8Array) => Uint8Array

/** The parts of a data set that its identity depends on. */
export interface IdentifiableData {
  height: number
  width: number
  classes: readonly string[]
  train: Images
  test: Images
  /** Indices of the training images that the data itself holds out for validation. */
  validation?: Uint32Array
}

/** Identifies a data set: one hash depends on the order of the images, those of its two parts do not. */
export function identifyData(
  { height, width, classes, train, test, validation }: IdentifiableData,
  sha256: Sha256,
): DataIdentity {
  const shape = JSON.stringify({ height, width, classes, validation: validation && [...validation] })
  const parts = [train, test].flatMap(({ count, pixels, labels }) => [
    encodeUtf8(`${count} ${labels ? 'labelled' : 'unlabelled'}`),
    pixels,
    ...(labels ? [labels] : []),
  ])
  return {
    sha256: toHex(sha256(concatBytes([encodeUtf8(shape), ...parts]))),
    train: { images: train.count, sha256: hashImageSet(train, classes, sha256) },
    test: { images: test.count, sha256: hashImageSet(test, classes, sha256) },
  }
}

/** SHA-256 over all pixels, train then test, in hex. */
export function hashPixels(
  { train, test }: Pick<IdentifiableData, 'train' | 'test'>,
  sha256: Sha256,
): string {
  return toHex(sha256(concatBytes([train.pixels, test.pixels])))
}

/** A hash over images with the names of their classes, the same for every order of the images. */
export function hashImageSet(images: Images, classes: readonly string[], sha256: Sha256): string {
  return hashOfHashes(hashImages(images, classes, sha256), sha256)
}

/** The hash of each image with the name of its class, as base64. */
export function hashImages(
  { count, pixels, labels }: Images,
  classes: readonly string[],
  sha256: Sha256,
): string[] {
  const size = pixels.length / count
  const names = labels ? classes.map(name => encodeUtf8(`${name}\n`)) : []
  const unlabelled = encodeUtf8('\n')
  return Array.from({ length: count }, (_, i) => {
    const name = labels ? names[labels[i]] : unlabelled
    const digest = sha256(concatBytes([name, pixels.subarray(i * size, (i + 1) * size)]))
    return toBase64(digest)
  })
}

/** The hash of a set of images (`hashImageSet`) by those of its images, in whatever order. */
export function hashOfHashes(hashes: readonly string[], sha256: Sha256): string {
  return toHex(sha256(encodeUtf8([...hashes].sort().join(''))))
}
