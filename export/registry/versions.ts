import type { Card } from '../../models/card.ts'
import { fileKey, MODEL_FILES, type ModelFile, readFileKey, VERSIONS } from '../../models/registry/keys.ts'
import { findFault, type Model, parseCard, versionOf } from './model.ts'
import type { Bucket } from './stores/bucket.ts'

/** A version as a bucket's listing shows it. */
export interface Version {
  id: string
  version: string
  /** Whether its card is there, and so the version. */
  whole: boolean
  bytes: number
  /** When its last file came. */
  uploaded: Date
  files: string[]
}

/** Every version in a bucket, of one model or of all: by id, then newest first. */
export async function listVersions(bucket: Bucket, id?: string): Promise<Version[]> {
  const found = new Map<string, Version>()
  for (const { key, size, uploaded } of await bucket.list(
    id === undefined ? VERSIONS : `${VERSIONS}${id}/`,
  )) {
    const parts = readFileKey(key)
    if (!parts) continue
    const name = `${parts.id}@${parts.version}`
    const version = found.get(name) ?? { ...parts, whole: false, bytes: 0, uploaded, files: [] }
    version.files.push(parts.file)
    version.bytes += size
    version.whole ||= parts.file === 'card.json'
    if (uploaded > version.uploaded) version.uploaded = uploaded
    found.set(name, version)
  }
  return [...found.values()].sort((a, b) =>
    a.id === b.id ? b.uploaded.getTime() - a.uploaded.getTime() : a.id < b.id ? -1 : 1,
  )
}

/** A version's card; undefined where the version is not there. @throws Error when it is no card, or another's */
export async function readCard(bucket: Bucket, id: string, version: string): Promise<Card | undefined> {
  const key = fileKey(id, version, 'card.json')
  const stored = await bucket.get(key)
  if (!stored) return undefined
  const card = parseCard(stored.bytes, key)
  if (card.id === id && card.version === version) return card
  throw new Error(`${key}: expected the card of ${id}@${version}, got that of ${card.id}@${card.version}`)
}

/** What is wrong with a version in a bucket, read whole: nothing, or a line for each fault. */
export async function checkVersion(bucket: Bucket, id: string, version: string): Promise<string[]> {
  let card: Card | undefined
  try {
    card = await readCard(bucket, id, version)
  } catch (error) {
    return [error instanceof Error ? error.message : String(error)]
  }
  if (!card) return [`${fileKey(id, version, 'card.json')}: expected a card, found none`]
  const faults: string[] = []
  const files: Partial<Record<ModelFile, Uint8Array>> = {}
  for (const file of MODEL_FILES) {
    const key = fileKey(id, version, file)
    files[file] = (await bucket.get(key))?.bytes
    const bytes = files[file]
    const fault = bytes ? findFault(card, file, bytes) : 'expected a file, found none'
    if (fault) faults.push(`${key}: ${fault}`)
  }
  if (faults.length > 0) return faults
  const got = versionOf(files as Model['files'])
  return got === version ? [] : [`${VERSIONS}${id}/${version}: its files make the version ${got}`]
}
