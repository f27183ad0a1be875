import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Bucket } from '../../export/registry/stores/bucket.ts'
import type { Card } from '../../models/card.ts'
import { testSetKey, trainingHashesKey } from '../../models/registry/keys.ts'
import {
  decodeTestImages,
  decodeTrainingHashes,
  TEST_IMAGES_FILE,
  TRAINING_HASHES_FILE,
} from '../data/test-images.ts'

/**
 * Puts what lies beside a model for the gate into a bucket: the test images, and the hashes of the training images, each
 * under the hash of its set, unless it is there.
 *
 * @returns whether there are test images
 * @throws Error when they are not those that the card names
 */
export async function pushTestImages(bucket: Bucket, folder: string, { dataset }: Card): Promise<boolean> {
  const { identity } = dataset
  if (!identity || !existsSync(join(folder, TEST_IMAGES_FILE))) return false
  await pushFile(bucket, join(folder, TEST_IMAGES_FILE), testSetKey(identity.test.sha256), (bytes, file) =>
    decodeTestImages(bytes, identity.test.sha256, file),
  )
  await pushFile(
    bucket,
    join(folder, TRAINING_HASHES_FILE),
    trainingHashesKey(identity.train.sha256),
    (bytes, file) => decodeTrainingHashes(bytes, identity.train.sha256, file),
  )
  return true
}

async function pushFile(
  bucket: Bucket,
  file: string,
  key: string,
  check: (bytes: Uint8Array, file: string) => void,
): Promise<void> {
  if (!existsSync(file)) return
  const bytes = new Uint8Array(await readFile(file))
  check(bytes, file)
  if (!(await bucket.get(key))) await bucket.put(key, bytes)
}
