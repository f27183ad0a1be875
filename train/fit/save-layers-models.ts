import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { writeAtomic } from '../../export/files/write-atomic.ts'
import type { Architecture } from '../../models/card.ts'
import type { Parameters } from '../step/parameters.ts'
import { layersModels, modelJson } from '../step/run/layers-models.ts'

/**
 * Writes a trained model as `encoder/` and `decoder/` in `directory`, each with the model.json and weights.bin that
 * `tf.loadLayersModel` reads. The weights are written before the model.json that refers to them.
 */
export async function saveLayersModels(
  directory: string,
  architecture: Architecture,
  parameters: Parameters,
): Promise<void> {
  for (const [part, files] of Object.entries(layersModels(architecture, parameters))) {
    const folder = join(directory, part)
    await mkdir(folder, { recursive: true })
    await writeAtomic(join(folder, 'weights.bin'), files.weightData)
    await writeAtomic(join(folder, 'model.json'), modelJson(files))
  }
}
