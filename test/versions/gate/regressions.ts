import { cp, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { readSavedWeights } from '../../../train/fit/saved-weights.ts'
import { weightHash } from '../../../train/step/run/weight-hash.ts'
import { type Case, cardOf, easy, good, IMAGES, worse } from './case.ts'
import type { GateFixture } from './gate-fixture.ts'

/** Models that are worse than the one they would replace, or of another kind; the gate has to refuse each. */
export const REGRESSIONS: readonly Case[] = [
  {
    name: 'a first version that has collapsed',
    says: /collapse: active latent dimensions: expected at least 1, got 0/,
    attempt: async fixture =>
      (await fixture.deploy()).promote(
        await fixture.model(fixture.data(IMAGES), 'collapsed', { beta: 1000, epochs: 60 }),
      ),
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
