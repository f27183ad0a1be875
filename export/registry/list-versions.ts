import { readFileKey, VERSIONS } from '../../models/registry/keys.ts'
import type { Bucket } from './stores/bucket.ts'

/** A version as a bucket's listing shows it. */
export interface ListedVersion {
  id: string
  version: string
  /** Whether its card is there: it is written last, so the other files are there too. */
  whole: boolean
  bytes: number
  /** When its last file was written. */
  uploaded: Date
  files: string[]
}

/** Every version in a bucket, of one model or of all: by id, then newest first. */
export async function listVersions(bucket: Bucket, id?: string): Promise<ListedVersion[]> {
  const found = new Map<string, ListedVersion>()
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
