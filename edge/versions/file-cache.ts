import { LRUCache } from 'lru-cache'
import type { ModelFile } from '../../models/registry/keys.ts'
import type { ModelFiles, ModelVersion } from '../../models/registry/version.ts'

/** Files of versions in memory. */
export interface FileCache {
  keep(version: ModelVersion): void
  get(id: string, version: string, file: ModelFile): Uint8Array<ArrayBuffer> | undefined
}

/** A cache of `capacity` bytes; the files of the least recently used version are dropped first. */
export function fileCache(capacity: number): FileCache {
  const cache = new LRUCache<string, ModelFiles>({
    maxSize: capacity,
    sizeCalculation: files => Object.values(files).reduce((sum, bytes) => sum + bytes.length, 0),
  })
  return {
    keep: ({ card, files }) => void cache.set(`${card.id}@${card.version}`, files),
    get: (id, version, file) => cache.get(`${id}@${version}`)?.[file],
  }
}
