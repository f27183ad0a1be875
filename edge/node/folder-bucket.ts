import { readdir, readFile, stat } from 'node:fs/promises'
import path from 'node:path'
import type { ReadableBucket } from '../versions/readable-bucket.ts'

/** A folder as a bucket: each file is an object, and its path the key. Files whose names begin with a dot are ignored. */
export function folderBucket(folder: string): ReadableBucket {
  return {
    async get(key) {
      const parts = key.split('/')
      if (parts.some(part => part === '' || part.startsWith('.'))) return undefined
      const file = path.join(folder, ...parts)
      try {
        const etag = await etagOf(file)
        return { bytes: new Uint8Array(await readFile(file)), etag }
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
        throw error
      }
    },
    async list(prefix) {
      await stat(folder).catch((error: NodeJS.ErrnoException) => {
        throw new Error(`the folder cannot be read (${error.code})`)
      })
      const names = await readdir(path.join(folder, prefix)).catch((error: NodeJS.ErrnoException) => {
        if (error.code === 'ENOENT') return []
        throw error
      })
      const found: { key: string; etag: string }[] = []
      for (const name of names.filter(each => !each.startsWith('.'))) {
        const etag = await etagOf(path.join(folder, prefix, name)).catch(() => undefined)
        if (etag !== undefined) found.push({ key: prefix + name, etag })
      }
      return found
    },
  }
}

/** A tag that changes when the file is replaced, without reading it. */
async function etagOf(file: string): Promise<string> {
  const { ino, mtimeMs, size } = await stat(file)
  return `${ino} ${mtimeMs} ${size}`
}
