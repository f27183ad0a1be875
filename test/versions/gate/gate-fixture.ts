import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { exitCodeOf } from '../../../export/command/run-program.ts'
import { EXIT } from '../../../export/registry/failure.ts'
import { promoteVersion } from '../../../export/registry/promote.ts'
import { pushModel } from '../../../export/registry/push.ts'
import { readModelFolder } from '../../../export/registry/read-folder.ts'
import type { Bucket } from '../../../export/registry/stores/bucket.ts'
import { openFolder } from '../../../export/registry/stores/folder.ts'
import type { Card } from '../../../models/card.ts'
import { createRng } from '../../../models/random.ts'
import { encodeIdx } from '../../../train/data/idx.ts'
import { chooseRun } from '../../../train/fit/choices.ts'
import { fitModel } from '../../../train/fit/fit.ts'
import { type Choices, defaultChoices } from '../../../train/fit/run-options.ts'
import { createVersionJudge } from '../../../train/retrain/judge-version.ts'
import { measureOnTests } from '../../../train/retrain/measure-version.ts'
import { pushTestImages } from '../../../train/retrain/push-test-images.ts'
import { exportRun } from '../../../train/zoo/export-run.ts'

/** Width and height of an image. */
export const SIDE = 8

/** A bucket, and promotions in it. */
export interface GateBucket {
  bucket: Bucket
  /**
   * Pushes a model's folder and promotes it.
   *
   * @param change makes the card that is pushed in place of the folder's
   * @param between done after the push
   * @returns the gate's reasons for refusing it; '' if it passed
   */
  promote(folder: string, change?: (card: Card) => Card, between?: () => Promise<void>): Promise<string>
}

/** A place to train small models in and to promote them; remove it when done. */
export interface GateFixture {
  root: string
  close(): void
  /** Blobs in three classes by where they are, the first `count` of an endless sequence. Returns what `--data` takes. */
  data(count: number, name?: string, pixels?: Uint8Array): string
  /** Trains a model; its run directory. */
  run(data: string, out: string, choices?: Partial<Choices>): Promise<string>
  /** Exports a run; the model's folder, with test images. */
  exported(directory: string): Promise<string>
  /** Both, once for each name. */
  model(data: string, out: string, choices?: Partial<Choices>): Promise<string>
  /** A new bucket, in which the model of a folder answers if one is given. */
  deploy(first?: string): Promise<GateBucket>
}

/** Makes a fixture in a folder of its own. */
export function openGateFixture(): GateFixture {
  const root = mkdtempSync(join(tmpdir(), 'gate-'))
  const models = new Map<string, Promise<string>>()
  const judgeSamples = createVersionJudge()
  let buckets = 0
  const fixture: GateFixture = {
    root,
    close: () => rmSync(root, { recursive: true, force: true }),
    data(count, name = 'blobs', pixels = blobs(count)) {
      const [images, labels] = [join(root, `${name}.idx`), join(root, `${name}-labels.idx`)]
      writeFileSync(images, encodeIdx({ dims: [count, SIDE, SIDE], data: pixels }))
      const classes = Uint8Array.from({ length: count }, (_, i) => i % 3)
      writeFileSync(labels, encodeIdx({ dims: [count], data: classes }))
      return `idx:${images},${labels}`
    },
    async run(data, out, choices = {}) {
      const directory = join(root, 'runs', out)
      const small = { folds: 5, batch: 20, latent: 2, layers: 1, epochs: 150, name: 'blobs' }
      const run = await chooseRun(undefined, { ...defaultChoices(), data, ...small, ...choices })
      await fitModel({ ...run, directory, resume: false })
      return directory
    },
    async exported(directory) {
      const zoo = join(directory, 'export')
      const { id } = await exportRun(directory, { zoo, precision: 'fp32', testImages: true })
      return join(zoo, id)
    },
    model(data, out, choices) {
      const made = models.get(out) ?? fixture.run(data, out, choices).then(fixture.exported)
      models.set(out, made)
      return made
    },
    async deploy(first) {
      const bucket = openFolder(join(root, `bucket-${++buckets}`))
      const deployment: GateBucket = {
        bucket,
        async promote(folder, change = card => card, between = async () => {}) {
          const model = await readModelFolder(folder)
          const card = change(model.card)
          await pushModel(bucket, { ...model, card })
          await pushTestImages(bucket, folder, card)
          await between()
          const { id, version } = card
          const options = { id, version, by: 'test', measure: measureOnTests, judgeSamples }
          return promoteVersion(bucket, options).then(
            () => '',
            error => {
              if (exitCodeOf(error) !== EXIT.gate) throw error
              return (error as Error).message
            },
          )
        },
      }
      if (first) {
        const refused = await deployment.promote(first)
        if (refused) throw new Error(refused)
      }
      return deployment
    },
  }
  return fixture
}

/** The first `count` blobs, [count · SIDE · SIDE]. */
export function blobs(count: number): Uint8Array {
  const pixels = new Uint8Array(count * SIDE * SIDE)
  for (let i = 0; i < count; i++) {
    const draw = createRng(7, 'blob', i)
    const [cx, cy] = [1 + (i % 3) * 2.5 + draw(), 1 + 5 * draw()]
    const strength = 180 + 75 * draw()
    for (let p = 0; p < SIDE * SIDE; p++) {
      const distance = ((p % SIDE) - cx) ** 2 + (Math.floor(p / SIDE) - cy) ** 2
      pixels[i * SIDE * SIDE + p] = strength * Math.exp(-distance / 2)
    }
  }
  return pixels
}
