import { readFileSync, writeFileSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Card, Metric } from '../../../models/card.ts'
import type { DataIdentity } from '../../../models/data-identity.ts'
import { fileKey, testSetKey, trainingHashesKey } from '../../../models/registry/keys.ts'
import { loadDataset } from '../../../train/data/load-dataset.ts'
import { encodeTestImages, TEST_IMAGES_FILE } from '../../../train/data/test-images.ts'
import { type Case, cardOf, copyOf, easy, good, IMAGES, other, withCard } from './case.ts'
import { blobs, SIDE } from './gate-fixture.ts'

/** A version of which a file, named by the identity of its data, was deleted from the bucket. */
const withoutFile =
  (keyOf: (data: DataIdentity) => string): Case['attempt'] =>
  async fixture => {
    const folder = await other(fixture)
    const { bucket, promote } = await fixture.deploy()
    const key = keyOf(cardOf(folder).dataset.identity!)
    return promote(
      folder,
      card => card,
      () => bucket.remove(key),
    )
  }

/** The message of the error that work ends with. */
const messageOf = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => '',
    error => (error as Error).message,
  )

/** The card with its test metrics at z = mu changed. */
function withMetrics(card: Card, change: (metric: Metric) => Metric): Card {
  const isChanged = ({ split, latent, value }: Metric) =>
    split === 'test' && latent === 'mu' && typeof value === 'number'
  return { ...card, metrics: card.metrics.map(metric => (isChanged(metric) ? change(metric) : metric)) }
}

/** Data, files and cards that are not what they say; the gate has to refuse each. */
export const FRAUDS: readonly Case[] = [
  {
    name: 'an image was deleted from the folder, so that training images become test images',
    says: /expected the images that the run was trained on, got others/,
    async attempt(fixture) {
      const run = await fixture.run(fixture.data(IMAGES, 'shrunk'), 'shrunk', { epochs: 3 })
      fixture.data(IMAGES - 1, 'shrunk', blobs(IMAGES).subarray(SIDE * SIDE))
      return messageOf(fixture.exported(run))
    },
  },
  {
    name: 'the same folder divided anew: training images became test images, and test images were trained on',
    says: /comparable: expected at least half of \d+ test images to be new to both versions, got \d+/,
    attempt: async fixture =>
      (await fixture.deploy(await good(fixture))).promote(
        await fixture.model(fixture.data(IMAGES), 'divided-anew', { splitSeed: 9 }),
      ),
  },
  {
    name: 'a first version whose test images are its training images',
    says: /measured: test images that are not among its training images: expected at least half of \d+, got 0/,
    async attempt(fixture) {
      const folder = await copyOf(fixture, await other(fixture), 'tested-on-training')
      const { train, classes, height, width } = await loadDataset(fixture.data(IMAGES), {
        import: { name: 'blobs' },
      })
      const tests = encodeTestImages({ images: train, classes, height, width })
      await writeFile(join(folder, TEST_IMAGES_FILE), tests)
      const identify = (card: Card): Card => {
        const identity = card.dataset.identity!
        return { ...card, dataset: { ...card.dataset, identity: { ...identity, test: identity.train } } }
      }
      return (await fixture.deploy()).promote(folder, identify)
    },
  },
  {
    name: 'a bit of the weights is flipped before the export',
    says: /do not hold the weights of the run: expected SHA-256/,
    async attempt(fixture) {
      const run = await fixture.run(fixture.data(IMAGES), 'flipped', { epochs: 3 })
      flipBit(join(run, 'decoder', 'weights.bin'), 100)
      return messageOf(fixture.exported(run))
    },
  },
  {
    name: 'a bit of a file is flipped in the bucket',
    says: /is not whole in .*decoder\.onnx: expected SHA-256/s,
    async attempt(fixture) {
      const folder = await other(fixture)
      const { id, version } = cardOf(folder)
      const { bucket, promote } = await fixture.deploy(await good(fixture))
      const flip = async () => {
        const key = fileKey(id, version, 'decoder.onnx')
        const { bytes } = (await bucket.get(key))!
        await bucket.put(
          key,
          bytes.map((byte, i) => (i === bytes.length >> 1 ? byte ^ 1 : byte)),
        )
      }
      return messageOf(promote(folder, card => card, flip))
    },
  },
  {
    name: 'the card states half of its losses',
    says: /measured: test bce at z mu: expected 0\.\d+, as measured on its files, got 0\.\d+ in its card/,
    attempt: withCard(card =>
      withMetrics(card, metric => ({ ...metric, value: (metric.value as number) / 2 })),
    ),
  },
  {
    name: 'the card states half of its losses, over other images than its test images',
    says: /measured: test bce at z mu: expected one over its \d+ test images, got one over 20/,
    attempt: withCard(card =>
      withMetrics(card, metric => ({ ...metric, images: 20, value: (metric.value as number) / 2 })),
    ),
  },
  {
    name: 'renamed classes',
    says: /comparable: classes: expected 0, 1, 2, as clients of \w+ know it, got a, b, c/,
    attempt: withCard(card => ({ ...card, dataset: { ...card.dataset, classes: ['a', 'b', 'c'] } })),
  },
  {
    name: 'easier images, and the test images of the version replaced deleted from the bucket',
    says: /measured: expected the \d+ test images of \w+, which it would replace, in the bucket/,
    async attempt(fixture) {
      const before = await good(fixture)
      const { bucket, promote } = await fixture.deploy(before)
      await bucket.remove(testSetKey(cardOf(before).dataset.identity!.test.sha256))
      return promote(await easy(fixture))
    },
  },
  {
    name: 'no test images',
    says: /measured: expected its \d+ test images in the bucket/,
    attempt: withoutFile(({ test }) => testSetKey(test.sha256)),
  },
  {
    name: 'no word on what it was trained on',
    says: /measured: expected the hashes of its \d+ training images in the bucket/,
    attempt: withoutFile(({ train }) => trainingHashesKey(train.sha256)),
  },
  {
    name: 'a card that does not identify its data',
    says: /measured: expected a card that identifies its data, as that of \w+ does/,
    attempt: withCard(({ dataset: { identity: _, ...dataset }, ...card }) => ({ ...card, dataset })),
  },
]

function flipBit(file: string, at: number): void {
  const bytes = readFileSync(file)
  bytes[at] ^= 1
  writeFileSync(file, bytes)
}
