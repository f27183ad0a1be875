import { createHash } from 'node:crypto'
import type { DataIdentity } from '../../models/data-identity.ts'
import type { Images } from '../step/images.ts'
import type { Dataset } from './dataset.ts'

/** Which data this is: hashes of what it holds, in its order and in any order. */
export function identifyDataset({ height, width, classes, train, test, validation }: Dataset): DataIdentity {
  const whole = createHash('sha256').update(
    JSON.stringify({ height, width, classes, validation: validation && [...validation] }),
  )
  for (const { count, pixels, labels } of [train, test]) {
    whole.update(`${count} ${labels ? 'labelled' : 'unlabelled'}`).update(pixels)
    if (labels) whole.update(labels)
  }
  return {
    sha256: whole.digest('hex'),
    train: { images: train.count, sha256: hashImageSet(train, classes) },
    test: { images: test.count, sha256: hashImageSet(test, classes) },
  }
}

/** A hash of which images there are, with the names of their classes, in whatever order. */
export function hashImageSet({ count, pixels, labels }: Images, classes: readonly string[]): string {
  const size = pixels.length / count
  const hashes = Array.from({ length: count }, (_, i) => {
    const hash = createHash('sha256').update(labels ? `${classes[labels[i]]}\n` : '\n')
    return hash.update(pixels.subarray(i * size, (i + 1) * size)).digest('base64')
  })
  const all = createHash('sha256')
  for (const hash of hashes.sort()) all.update(hash)
  return all.digest('hex')
}
