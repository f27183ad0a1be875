import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Bucket } from '../../export/registry/stores/bucket.ts'
import type { Card } from '../../models/card.ts'
import { testSetKey } from '../../models/registry/keys.ts'
import { decodeTestImages, TEST_IMAGES_FILE } from '../data/test-images.ts'

/**
 * Puts the test images that lie beside a model into a bucket, under the hash of their set, unless they are there.
 *
 * @returns whether there are any
 * @throws Error when they are not those that the card names
 */
export async function pushTestImages(bucket: Bucket, folder: string, { dataset }: Card): Promise<boolean> {
  const file = join(folder, TEST_IMAGES_FILE)
  if (!dataset.identity || !existsSync(file)) return false
  const { sha256 } = dataset.identity.test
  const bytes = new Uint8Array(await readFile(file))
  decodeTestImages(bytes, sha256, file)
  const key = testSetKey(sha256)
  if (!(await bucket.get(key))) await bucket.put(key, bytes)
  return true
}
