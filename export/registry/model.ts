import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { Card } from '../../models/card.ts'
import { describedFile, MODEL_FILES, type ModelFile } from '../../models/registry/keys.ts'

/** A version whole: its card and its files. */
export interface Model {
  card: Card
  files: Record<ModelFile, Uint8Array>
}

/**
 * Reads a model's folder, as the export writes it.
 *
 * @throws Error naming the file that is missing, cannot be read, or is not what the card says
 */
export async function readModel(folder: string): Promise<Model> {
  const card = parseCard(await read(path.join(folder, 'card.json')), path.join(folder, 'card.json'))
  const entries = MODEL_FILES.map(async file => [file, await read(path.join(folder, file))] as const)
  const files = Object.fromEntries(await Promise.all(entries)) as Model['files']
  for (const file of MODEL_FILES) {
    const fault = findFault(card, file, files[file])
    if (fault) throw new Error(`${path.join(folder, file)}: ${fault}`)
  }
  const version = versionOf(files)
  if (version !== card.version) {
    throw new Error(`${folder}: expected the version ${version}, as its files have, got ${card.version}`)
  }
  return { card, files }
}

/** Reads a card. @throws Error naming `place` and what is wrong */
export function parseCard(bytes: Uint8Array, place: string): Card {
  let json: unknown
  try {
    json = JSON.parse(new TextDecoder().decode(bytes))
  } catch {
    throw new Error(`${place}: expected a card, got what is no JSON`)
  }
  const { data, error } = Card.safeParse(json)
  if (data) return data
  const [{ path: field, message }] = error.issues
  throw new Error(`${place}: not a card: ${field.join('.') || 'whole'}: ${message}`)
}

/** What is wrong with a file's bytes by its card; undefined where nothing is. */
export function findFault(card: Card, file: ModelFile, bytes: Uint8Array): string | undefined {
  const { bytes: size, sha256 } = describedFile(card, file)
  if (bytes.length !== size) return `expected ${size} bytes, as the card says, got ${bytes.length}`
  const got = createHash('sha256').update(bytes).digest('hex')
  return got === sha256 ? undefined : `expected SHA-256 ${sha256}, as the card says, got ${got}`
}

/** The version that a model's files make: the first 12 hex digits of SHA-256 over encoder and decoder. */
export function versionOf(files: Model['files']): string {
  const hash = createHash('sha256').update(files['encoder.onnx']).update(files['decoder.onnx'])
  return hash.digest('hex').slice(0, 12)
}

async function read(file: string): Promise<Uint8Array> {
  return readFile(file).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') throw new Error(`${file}: expected a file, found none`)
    throw error
  })
}
