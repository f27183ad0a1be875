import { readFileSync, writeFileSync } from 'node:fs'
import { cp, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Card, Metric } from '../../../models/card.ts'
import type { DataIdentity } from '../../../models/data-identity.ts'
import { sha256 } from '../../../models/files/sha256.ts'
import { fileKey, testSetKey, trainingHashesKey } from '../../../models/registry/keys.ts'
import { versionOf } from '../../../models/registry/version-of.ts'
import { loadDataset } from '../../../train/data/load-dataset.ts'
import { encodeTestImages, TEST_IMAGES_FILE } from '../../../train/data/test-images.ts'
import { readSavedWeights } from '../../../train/fit/saved-weights.ts'
import { weightHash } from '../../../train/step/run/weight-hash.ts'
import { blobs, type GateFixture, SIDE } from './gate-fixture.ts'

/** Something that must not become an answering version, or that must. */
export interface Case {
  name: string
  /** What refuses it says; '' where it is honest and must pass. */
  says: RegExp | ''
  /** Tries it. @returns what refused it; '' if nothing did */
  attempt(fixture: GateFixture): Promise<string>
}

const IMAGES = 300
const good = (fixture: GateFixture) => fixture.model(fixture.data(IMAGES), 'good')
const other = (fixture: GateFixture) => fixture.model(fixture.data(IMAGES), 'other', { seed: 5 })
const worse = (fixture: GateFixture) => fixture.model(fixture.data(IMAGES), 'worse', { seed: 4, epochs: 3 })

/** An equally good version with a card that says something else, where the good one answers. */
const withCard =
  (change: (card: Card) => Card): Case['attempt'] =>
  async fixture =>
    (await fixture.deploy(await good(fixture))).promote(await other(fixture), change)

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

/** What was found to go past gates of this kind, and regressions; each has to be refused. */
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
    name: 'a first version that has collapsed',
    says: /collapse: active latent dimensions: expected at least 1, got 0/,
    attempt: async fixture =>
      (await fixture.deploy()).promote(
        await fixture.model(fixture.data(IMAGES), 'collapsed', { beta: 1000, epochs: 60 }),
      ),
  },
  {
    name: 'renamed classes',
    says: /comparable: classes: expected 0, 1, 2, as clients of \w+ know it, got a, b, c/,
    attempt: withCard(card => ({ ...card, dataset: { ...card.dataset, classes: ['a', 'b', 'c'] } })),
  },
  {
    name: 'another prior',
    says: /comparable: prior: expected mean 0 0, variance 1 1, .* got mean 0 0, variance 1 3/,
    attempt: async fixture =>
      (await fixture.deploy(await good(fixture))).promote(
        await fixture.model(fixture.data(IMAGES), 'prior', { priorVariance: [1, 3], epochs: 20 }),
        card => ({ ...card, id: 'blobs-vae-l1-z2' }),
      ),
  },
  {
    name: 'an autoencoder in the place of a VAE',
    says: /comparable: kind: expected vae, .* got ae/,
    attempt: async fixture =>
      (await fixture.deploy(await good(fixture))).promote(
        await fixture.model(fixture.data(IMAGES), 'ae', { kind: 'ae', epochs: 20 }),
        card => ({ ...card, id: 'blobs-vae-l1-z2' }),
      ),
  },
  {
    name: 'a worse version (3 epochs in place of 150)',
    says: /metric: test bce \+ kl in nats over \d+ images: expected at most 2% worse .*% worse\)/,
    attempt: async fixture => (await fixture.deploy(await good(fixture))).promote(await worse(fixture)),
  },
  {
    name: 'a worse version of grown data, whose counts differ',
    says: /metric: test bce \+ kl in nats over \d+ images: expected at most 2% worse .*% worse\)/,
    attempt: async fixture =>
      (await fixture.deploy(await good(fixture))).promote(
        await fixture.model(fixture.data(330, 'grown'), 'grown-worse', { epochs: 3 }),
      ),
  },
  {
    name: 'other, easier images under the same name',
    says: /metric: test bce \+ kl in nats over \d+ images: expected at most 2% worse .*% worse\)/,
    attempt: async fixture => (await fixture.deploy(await good(fixture))).promote(await easy(fixture)),
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
  {
    name: 'eleven promotions, each up to 1.9% worse than the one before: the second',
    says: /floor: test bce \+ kl in nats over \d+ images: expected at most 2% worse than [\d.]+ of the floor \w+, got [\d.]+ \([34]\.\d+% worse\)/,
    async attempt(fixture) {
      const deployment = await fixture.deploy(await good(fixture))
      const [first, second] = await degrade(fixture, 'good', [1.018, 1.018 ** 2])
      const refused = await deployment.promote(first)
      if (refused) throw new Error(`the first of them was refused: ${refused}`)
      return deployment.promote(second)
    },
  },
]

/** Versions that differ by chance, or are better; each has to pass. */
export const HONEST: readonly Case[] = [
  {
    name: 'trained again with another seed',
    says: '',
    attempt: async fixture => (await fixture.deploy(await good(fixture))).promote(await other(fixture)),
  },
  {
    name: 'trained on a folder that grew from 300 to 330 images',
    says: '',
    attempt: async fixture =>
      (await fixture.deploy(await good(fixture))).promote(
        await fixture.model(fixture.data(330, 'grown'), 'grown', { seed: 3 }),
      ),
  },
  {
    name: 'a better one in the place of a worse',
    says: '',
    async attempt(fixture) {
      const mediocre = await fixture.model(fixture.data(IMAGES), 'mediocre', { epochs: 60 })
      return (await fixture.deploy(mediocre)).promote(await good(fixture))
    },
  },
]

/** What only a model with a judge of its data set can show: the shipped default model, drawn from without its density. */
export const SAMPLE_FRAUDS: readonly Case[] = [
  {
    name: 'samples drawn from the prior, with the judgement of those drawn from the density on the card',
    says: /measured: Fréchet distance: expected .*, as judged on its samples, got .*samples: Fréchet distance: expected at most/s,
    attempt: fixture => replaceDefault(fixture, 'from-prior', ({ density: _, ...card }) => card),
  },
  {
    name: 'no judgement of its samples',
    says: /samples: expected a judgement of its samples, as the version replaced has, got none/,
    attempt: fixture => replaceDefault(fixture, 'unjudged', ({ judgement: _, ...card }) => card),
  },
]

async function copyOf(fixture: GateFixture, folder: string, name: string): Promise<string> {
  const copy = join(fixture.root, name)
  await cp(folder, copy, { recursive: true })
  return copy
}

function cardOf(folder: string): Card {
  return JSON.parse(readFileSync(join(folder, 'card.json'), 'utf8')) as Card
}

function flipBit(file: string, at: number): void {
  const bytes = readFileSync(file)
  bytes[at] ^= 1
  writeFileSync(file, bytes)
}

/** A poor model of images that are nearly black, which any model reconstructs well. */
function easy(fixture: GateFixture): Promise<string> {
  const dim = blobs(IMAGES).map(byte => byte >> 4)
  return fixture.model(fixture.data(IMAGES, 'dim', dim), 'easy', { epochs: 30 })
}

/**
 * Versions of a run whose decoders are weakened until the objective on test images is so many times that of the run:
 * measured for two strengths, and interpolated by a parabola.
 */
async function degrade(fixture: GateFixture, run: string, factors: readonly number[]): Promise<string[]> {
  await good(fixture)
  const objectiveOf = (folder: string) => {
    const card = cardOf(folder)
    const of = (name: string) =>
      card.metrics.find(metric => metric.split === 'test' && metric.latent === 'mu' && metric.name === name)
        ?.value as number
    return of('bce') * card.architecture.inputDim + of('kl')
  }
  const weakened = async (strength: number) => {
    const directory = join(fixture.root, 'runs', `${run}-weakened-${strength.toFixed(4)}`)
    await cp(join(fixture.root, 'runs', run), directory, { recursive: true, force: true })
    const file = join(directory, 'decoder', 'weights.bin')
    const bytes = new Uint8Array(await readFile(file))
    await writeFile(
      file,
      new Uint8Array(new Float32Array(bytes.buffer).map(weight => weight * (1 - strength)).buffer),
    )
    const recordFile = join(directory, 'run.json')
    const record = JSON.parse(await readFile(recordFile, 'utf8'))
    const { architecture } = record.configuration
    record.weights = await weightHash(architecture, await readSavedWeights(directory, architecture))
    await writeFile(recordFile, JSON.stringify(record))
    return fixture.exported(directory)
  }
  const start = objectiveOf(await good(fixture))
  const strengths = [0.15, 0.3]
  const [near, far] = await Promise.all(strengths.map(async s => objectiveOf(await weakened(s)) / start - 1))
  // y = a·s + b·s² through both points.
  const b = (far / strengths[1] - near / strengths[0]) / (strengths[1] - strengths[0])
  const a = near / strengths[0] - b * strengths[0]
  const folders: string[] = []
  for (const factor of factors) {
    const strength = (-a + Math.sqrt(a * a + 4 * b * (factor - 1))) / (2 * b)
    folders.push(await weakened(strength))
  }
  return folders
}

/** Where the shipped default model answers: the same with the last bit of one weight flipped, and another card. */
async function replaceDefault(
  fixture: GateFixture,
  name: string,
  change: (card: Card) => Card,
): Promise<string> {
  const shipped = 'models/zoo/mnist-cvae-w512x320-z20-beta0.3'
  const folder = await copyOf(fixture, shipped, name)
  const file = join(folder, 'decoder.onnx')
  const [encoder, decoder] = await Promise.all(
    ['encoder.onnx', 'decoder.onnx'].map(async name => new Uint8Array(await readFile(join(folder, name)))),
  )
  const changed = decoder.map((byte, i) => (i === decoder.length >> 1 ? byte ^ 1 : byte))
  await writeFile(file, changed)
  const card = cardOf(folder)
  await writeFile(
    join(folder, 'card.json'),
    JSON.stringify({
      ...card,
      version: await versionOf({ 'encoder.onnx': encoder, 'decoder.onnx': changed }),
      files: { ...card.files, decoder: { bytes: changed.length, sha256: await sha256(changed) } },
    }),
  )
  return (await fixture.deploy(shipped)).promote(folder, change)
}
