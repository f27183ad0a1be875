import { writeFile } from 'node:fs/promises'
import path from 'node:path'
import { readModelFolder } from '../../export/registry/read-folder.ts'
import { Card, type Golden, type Metric } from '../../models/card.ts'
import type { ModelVersion } from '../../models/registry/version.ts'
import { writeModel } from '../edge/fixture-model.ts'

/** The model that tests make versions of. */
export const ID = 'tiny-vae-z2'

/** Values of a version's card that do not follow from its files. */
export interface Traits {
  id?: string
  /** Nats per pixel on the test split. */
  bce?: number
  activeUnits?: number
  /** Largest difference of each runtime. */
  parity?: Record<string, number>
  latentDim?: number
  golden?: Golden
}

/** A version and its folder. */
export type Made = ModelVersion & { folder: string }

const PARITY = { 'onnxruntime-node': 1e-6, 'onnxruntime-web': 1e-6, typescript: 1e-6 }

/** Writes a small model with random weights of the seed and invented metrics. */
export async function makeVersion(folder: string, seed: number, traits: Traits = {}): Promise<Made> {
  const { id = ID, bce = 0.2, latentDim = 2, activeUnits = latentDim, parity = PARITY } = traits
  const classes = Array.from({ length: 10 }, (_, i) => String(i))
  const card = await writeModel(folder, { id, kind: 'vae', latentDim, layers: 1, classes, seed })
  const metric = (name: Metric['name'], unit: Metric['unit'], value: number): Metric => {
    return { name, unit, split: 'test', images: 40, latent: 'mu', value }
  }
  const whole = Card.parse({
    ...card,
    metrics: [metric('bce', 'nats per pixel', bce), metric('activeUnits', 'dimensions', activeUnits)],
    parity: { images: 1, maxAbsDifference: parity },
    golden: traits.golden,
  })
  await writeFile(path.join(folder, id, 'card.json'), JSON.stringify(whole))
  return { ...(await readModelFolder(path.join(folder, id))), folder: path.join(folder, id) }
}
