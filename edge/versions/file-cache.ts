import type { ModelFile } from '../../models/registry/keys.ts'
import type { ModelVersion } from '../../models/registry/version.ts'

/** Files of versions in memory, up to a number of bytes; the least recently used version goes first. */
export interface Memory {
  keep(version: ModelVersion): void
  get(id: string, version: string, file: ModelFile): Uint8Array<ArrayBuffer> | undefined
}

/** @param capacity bytes */
export function fileMemory(capacity: number): Memory {
  const held = new Map<string, ModelVersion['files']>()
  let total = 0
  const sizeOf = (files: ModelVersion['files']) =>
    Object.values(files).reduce((sum, bytes) => sum + bytes.length, 0)
  const drop = (name: string) => {
    const files = held.get(name)
    if (files && held.delete(name)) total -= sizeOf(files)
  }
  return {
    keep({ card, files }) {
      const name = `${card.id}@${card.version}`
      drop(name)
      held.set(name, files)
      total += sizeOf(files)
      for (const oldest of held.keys()) {
        if (total <= capacity) break
        drop(oldest)
      }
    },
    get(id, version, file) {
      const name = `${id}@${version}`
      const files = held.get(name)
      if (!files) return undefined
      held.delete(name)
      held.set(name, files)
      return files[file]
    },
  }
}
