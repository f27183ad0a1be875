import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { type ModelVersion, parseCard, readFiles } from '../../models/registry/version.ts'

/**
 * Reads a model's folder, as the export writes it.
 *
 * @throws Error naming the file that is missing, cannot be read, or is not what the card says
 */
export async function readModelFolder(folder: string): Promise<ModelVersion> {
  const cardFile = path.join(folder, 'card.json')
  const bytes = await read(cardFile)
  if (!bytes) throw new Error(`${cardFile}: expected a file, found none`)
  const card = parseCard(bytes, cardFile)
  const { files, faults } = await readFiles(card, file => read(path.join(folder, file)))
  if (faults.length > 0) throw new Error(path.join(folder, faults[0]))
  return { card, files }
}

/** The folder of a model that is named by its folder, or by its id in a folder of models. */
export function modelFolder(name: string, models: string): string {
  return existsSync(path.join(name, 'card.json')) ? name : path.join(models, name)
}

async function read(file: string): Promise<Uint8Array<ArrayBuffer> | undefined> {
  return readFile(file).then(
    bytes => new Uint8Array(bytes),
    (error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return undefined
      throw error
    },
  )
}
