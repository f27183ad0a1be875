import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import * as ort from 'onnxruntime-node'
import { writeAtomic } from '../../export/files/write-atomic.ts'
import { readModelFolder } from '../../export/registry/read-folder.ts'
import { placedClasses } from '../../models/latent/draws.ts'
import { graphsOf } from '../../models/registry/version.ts'
import { contactSheet } from '../data/sheet.ts'
import type { OnnxRuntime } from '../step/onnx-engine.ts'
import { openOnnxModel } from '../step/run/onnx-model.ts'
import { sampleImages } from './judge-samples.ts'

const IMAGES = 100

/**
 * Writes two contact sheets of 100 samples: `<id>-any.png` drawn without a class, `<id>-by-class.png` with a row for each
 * class that had training images (of more than ten the first ten).
 *
 * @param folder the model's
 * @returns the paths written
 */
export async function writeSampleSheets(folder: string, out: string, seed: number): Promise<string[]> {
  const { card, files } = await readModelFolder(folder)
  const model = await openOnnxModel(ort as OnnxRuntime, graphsOf(files), card.architecture)
  const labels = placedClasses(card).slice(0, 10)
  const sheets: Record<string, Float32Array[]> = {
    any: [await sampleImages(model, card, { n: IMAGES, seed })],
  }
  if (labels.length > 0) sheets['by-class'] = []
  for (const label of labels) {
    sheets['by-class'].push(await sampleImages(model, card, { n: 10, seed, class: label }))
  }
  await model.close()
  await mkdir(out, { recursive: true })
  const paths: string[] = []
  for (const [name, parts] of Object.entries(sheets)) {
    const pixels = Uint8Array.from(parts.flatMap(part => Array.from(part, value => Math.round(255 * value))))
    const path = join(out, `${card.id}-${name}.png`)
    await writeAtomic(
      path,
      contactSheet({ count: pixels.length / card.architecture.inputDim, pixels }, card.dataset),
    )
    paths.push(path)
  }
  return paths
}
