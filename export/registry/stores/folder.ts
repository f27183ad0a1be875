import { createHash } from 'node:crypto'
import { mkdir, readdir, readFile, rm, rmdir, stat } from 'node:fs/promises'
import { basename, dirname, join, relative, sep } from 'node:path'
import type { StoredObject } from '../../../models/registry/stored-object.ts'
import { withLock } from '../../files/lock.ts'
import { TEMPORARY, writeAtomic } from '../../files/write-atomic.ts'
import type { Bucket, BucketEntry, Condition } from './bucket.ts'

/** Names that are not objects: files being written, and locks. */
const HIDDEN = /^\./

/** A bucket as a folder, as the Node server reads it: a file an object, at its key's path. */
export function openFolder(folder: string): Bucket {
  const pathOf = (key: string) => {
    const parts = key.split('/')
    if (parts.some(part => part === '' || HIDDEN.test(part))) throw new Error(`${key}: not a key`)
    return join(folder, ...parts)
  }
  return {
    name: `dir:${folder}`,
    get: key => read(pathOf(key)),
    async put(key, bytes, condition) {
      const path = pathOf(key)
      await mkdir(dirname(path), { recursive: true })
      if (!condition) return writeAtomic(path, bytes)
      return withLock(join(dirname(path), `.${basename(path)}.lock`), async isHeld =>
        (await holds(path, condition)) ? writeAtomic(path, bytes, isHeld) : false,
      )
    },
    list: prefix => list(folder, prefix),
    async remove(key) {
      const path = pathOf(key)
      await rm(path, { force: true })
      await removeEmpty(dirname(path), folder)
    },
    close: async () => {},
  }
}

async function read(path: string): Promise<StoredObject | undefined> {
  try {
    const bytes = new Uint8Array(await readFile(path))
    return { bytes, etag: createHash('sha256').update(bytes).digest('hex') }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}

async function holds(path: string, condition: Condition): Promise<boolean> {
  const now = await read(path)
  return condition === 'absent' ? !now : now?.etag === condition.etag
}

async function list(folder: string, prefix: string): Promise<BucketEntry[]> {
  const entries = await readdir(join(folder, prefix), { recursive: true, withFileTypes: true }).catch(
    (error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return []
      throw error
    },
  )
  const found: BucketEntry[] = []
  for (const entry of entries) {
    if (!entry.isFile() || HIDDEN.test(entry.name)) continue
    const path = join(entry.parentPath, entry.name)
    const state = await stat(path).catch(() => undefined)
    if (!state) continue
    const key = relative(folder, path).split(sep).join('/')
    found.push({ key, size: state.size, uploaded: state.mtime })
  }
  return found.sort((a, b) => (a.key < b.key ? -1 : 1))
}

/** Removes folders that became empty, with what cut-off writes left in them, up to the bucket's own. */
async function removeEmpty(path: string, root: string): Promise<void> {
  for (let at = path; at !== root && at.startsWith(root); at = dirname(at)) {
    const names = await readdir(at).catch(() => [])
    if (names.some(name => !(name.startsWith('.') && name.endsWith(TEMPORARY)))) return
    for (const name of names) await rm(join(at, name), { force: true })
    try {
      await rmdir(at)
    } catch {
      // Another process has written the object meanwhile; it stays.
      return
    }
  }
}
