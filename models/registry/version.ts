import { Card } from '../card.ts'
import { sha256 } from '../files/sha256.ts'
import { decodeUtf8 } from '../files/utf8.ts'
import { cardFile, fileKey, MODEL_FILES, type ModelFile, VERSIONS } from './keys.ts'
import { verifySignature } from './signature.ts'
import type { VerificationKey } from './verification-key.ts'
import { versionOf } from './version-of.ts'

/** The source that versions are read from: the part of a bucket that is used here. */
export interface VersionSource {
  get(key: string): Promise<{ bytes: Uint8Array<ArrayBuffer> } | undefined>
}

/** The files of a version beside its card. */
export type ModelFiles = Record<ModelFile, Uint8Array<ArrayBuffer>>

/** A complete version: its card, and its files, each with the hash stated in the card. */
export interface ModelVersion {
  card: Card
  files: ModelFiles
}

/** Reads a card's file. @throws Error naming `place`, and the field that is not as expected */
export function parseCard(bytes: Uint8Array, place: string): Card {
  let json: unknown
  try {
    json = JSON.parse(decodeUtf8(bytes))
  } catch {
    throw new Error(`${place}: expected a card, got a file that is not JSON`)
  }
  const { data, error } = Card.safeParse(json)
  if (data) return data
  const [{ path: field, message }] = error.issues
  throw new Error(`${place}: not a card: ${field.join('.') || 'whole'}: ${message}`)
}

/** How a file's bytes differ from what its card states; undefined if they do not. */
export async function findFault(card: Card, file: ModelFile, bytes: Uint8Array): Promise<string | undefined> {
  const stated = cardFile(card, file)
  if (bytes.length !== stated.bytes) {
    return `expected ${stated.bytes} bytes, as the card says, got ${bytes.length}`
  }
  const got = await sha256(bytes)
  return got === stated.sha256 ? undefined : `expected SHA-256 ${stated.sha256}, as the card says, got ${got}`
}

/**
 * Reads a version's files and checks each against its card, then encoder and decoder against the version itself, which
 * finds a card that was changed together with a file.
 *
 * @param read returns the bytes of a file, or undefined if it is missing
 * @returns the files and a line for each fault; `files` is complete only without faults
 */
export async function readFiles(
  card: Card,
  read: (file: ModelFile) => Promise<Uint8Array<ArrayBuffer> | undefined>,
): Promise<{ files: ModelFiles; faults: string[] }> {
  const parts = await Promise.all(
    MODEL_FILES.map(async file => {
      const bytes = await read(file)
      const fault = bytes ? await findFault(card, file, bytes) : 'expected a file, found none'
      return { file, bytes, fault }
    }),
  )
  const files = Object.fromEntries(parts.map(({ file, bytes }) => [file, bytes])) as ModelFiles
  const faults = parts.flatMap(({ file, fault }) => (fault ? [`${file}: ${fault}`] : []))
  if (faults.length > 0) return { files, faults }
  const version = await versionOf(files)
  if (version !== card.version) {
    faults.push(`version: expected ${version}, as encoder and decoder make it, got ${card.version}`)
  }
  return { files, faults }
}

/** Encoder and decoder of a version's files. */
export function graphsOf(files: ModelFiles): { encoder: Uint8Array; decoder: Uint8Array } {
  return { encoder: files['encoder.onnx'], decoder: files['decoder.onnx'] }
}

/**
 * Reads a version's card.
 *
 * @returns undefined where there is none
 * @throws Error when it is not a card, or that of another version
 */
export async function readCard(
  source: VersionSource,
  id: string,
  version: string,
): Promise<Card | undefined> {
  const key = fileKey(id, version, 'card.json')
  const stored = await source.get(key)
  if (!stored) return undefined
  const card = parseCard(stored.bytes, key)
  if (card.id === id && card.version === version) return card
  throw new Error(`${key}: expected the card of ${id}@${version}, got that of ${card.id}@${card.version}`)
}

/**
 * Reads and checks the files of the version that `card` describes.
 *
 * @param key where it is given, the version must be signed by it
 * @throws Error naming the first fault
 */
export async function readVersion(
  source: VersionSource,
  card: Card,
  key?: VerificationKey,
): Promise<ModelVersion> {
  const read = async (file: ModelFile) => (await source.get(fileKey(card.id, card.version, file)))?.bytes
  const { files, faults } = await readFiles(card, read)
  if (faults.length > 0) throw new Error(faults[0])
  if (key) await requireSignature(source, card, files, key)
  return { card, files }
}

/** @throws Error when a version has no signature, or one that is not by the key over these files */
async function requireSignature(
  source: VersionSource,
  { id, version }: Card,
  files: ModelFiles,
  key: VerificationKey,
): Promise<void> {
  const read = async (file: 'card.json' | 'model.sig') =>
    (await source.get(fileKey(id, version, file)))?.bytes
  const [bundle, card] = [await read('model.sig'), await read('card.json')]
  if (!bundle || !card)
    throw new Error(`model.sig: expected a signature by the key ${key.hint.slice(0, 12)}…, found none`)
  await verifySignature(bundle, { ...files, 'card.json': card }, key)
}

/** Reads a whole version and returns a line for each fault found; with a key, it must be signed by it. */
export async function checkVersion(
  source: VersionSource,
  id: string,
  version: string,
  key?: VerificationKey,
): Promise<string[]> {
  let card: Card | undefined
  try {
    card = await readCard(source, id, version)
  } catch (error) {
    return [error instanceof Error ? error.message : String(error)]
  }
  if (!card) return [`${fileKey(id, version, 'card.json')}: expected a card, found none`]
  const read = async (file: ModelFile) => (await source.get(fileKey(id, version, file)))?.bytes
  const { files, faults } = await readFiles(card, read)
  if (faults.length === 0 && key) {
    await requireSignature(source, card, files, key).catch(error => faults.push((error as Error).message))
  }
  return faults.map(fault => `${VERSIONS}${id}/${version}/${fault}`)
}
