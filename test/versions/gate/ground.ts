import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { exitCodeOf } from '../../../export/command/run-program.ts'
import { promoteVersion } from '../../../export/registry/promote.ts'
import { pushModel } from '../../../export/registry/push.ts'
import { readModelFolder } from '../../../export/registry/read-folder.ts'
import { openFolder } from '../../../export/registry/stores/folder.ts'
import type { Card } from '../../../models/card.ts'
import { createRng } from '../../../models/random.ts'
import { encodeIdx } from '../../../train/data/idx.ts'
import { chooseRun } from '../../../train/fit/choices.ts'
import { fitModel } from '../../../train/fit/fit.ts'
import { type Choices, defaultChoices } from '../../../train/fit/run-options.ts'
import { measureOnTests } from '../../../train/retrain/measure-version.ts'
import { pushTestImages } from '../../../train/retrain/push-test-images.ts'
import { exportRun } from '../../../train/zoo/export-run.ts'

/** Width and height of an image. */
export const SIDE = 8

/** Tests of the gate on trained models: a place, data, and ways to make and promote versions. */
export function openGround() {
  const root = mkdtempSync(join(tmpdir(), 'gate-'))
  const bucket = openFolder(join(root, 'bucket'))
  return {
    root,
    bucket,
    close: () => rmSync(root, { recursive: true, force: true }),

    /** Blobs in three classes by where they are, the first `count` of an endless sequence. Returns what `--data` takes. */
    data(count: number, name = 'blobs'): string {
      const [images, labels] = [join(root, `${name}.idx`), join(root, `${name}-labels.idx`)]
      writeFileSync(images, encodeIdx({ dims: [count, SIDE, SIDE], data: blobs(count) }))
      const classes = Uint8Array.from({ length: count }, (_, i) => i % 3)
      writeFileSync(labels, encodeIdx({ dims: [count], data: classes }))
      return `idx:${images},${labels}`
    },

    /** Trains and exports a model; its folder, with test images. */
    async model(data: string, out: string, choices: Partial<Choices> = {}): Promise<string> {
      const directory = join(root, 'runs', out)
      const all = {
        ...defaultChoices(),
        data,
        folds: 5,
        batch: 20,
        latent: 2,
        layers: 1,
        epochs: 150,
        name: 'blobs',
        ...choices,
      }
      await fitModel({ ...(await chooseRun(undefined, all)), directory, resume: false })
      const zoo = join(directory, 'export')
      const { id } = await exportRun(directory, { zoo, precision: 'fp32', testImages: true })
      return join(zoo, id)
    },

    /** Pushes a folder and promotes it; what the gate holds against it, or nothing. */
    async promote(folder: string, change: (card: Card) => Card = card => card): Promise<string> {
      const model = await readModelFolder(folder)
      const card = change(model.card)
      await pushModel(bucket, { ...model, card })
      await pushTestImages(bucket, folder, card)
      const { id, version } = card
      return promoteVersion(bucket, { id, version, by: 'test', measure: measureOnTests }).then(
        () => '',
        error => {
          if (exitCodeOf(error) !== 3) throw error
          return (error as Error).message
        },
      )
    },
  }
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
