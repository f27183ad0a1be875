import { randomUUID } from 'node:crypto'
import { open, rename, rm } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'

/** The end of the name of a file that is being written; a process killed meanwhile leaves it behind. */
export const TEMPORARY = '.part'

/** Failures that mean no room, in words. */
const FULL: Record<string, string> = {
  ENOSPC: 'no space left on the disk',
  EDQUOT: 'the disk quota is used up',
  EFBIG: 'the file would exceed the largest size allowed',
}

/**
 * Writes a file whole: a reader, and a restart after a crash or a power cut, finds the old content or the new, never
 * a part. Written under a temporary name in the same folder, flushed to the disk, renamed over `path`.
 *
 * @param confirm called right before the rename; where it returns false, nothing is changed
 * @returns whether the file was replaced
 * @throws Error naming the path and the cause; the old file is then as it was and no temporary file remains
 */
export async function writeAtomic(
  path: string,
  bytes: Uint8Array | string,
  confirm: () => Promise<boolean> = async () => true,
): Promise<boolean> {
  const folder = dirname(path)
  const temporary = join(folder, `.${basename(path)}.${randomUUID()}${TEMPORARY}`)
  try {
    await writeFlushed(temporary, bytes)
    if (!(await confirm())) {
      await rm(temporary, { force: true })
      return false
    }
    await rename(temporary, path)
  } catch (cause) {
    await rm(temporary, { force: true })
    throw unwritten(path, cause, 'what was there before is unchanged')
  }
  await flushFolder(folder)
  return true
}

/** An error that says which file could not be written and why; a full disk in words. */
export function unwritten(path: string, cause: unknown, consequence: string): Error {
  const { code = '', message } = cause as NodeJS.ErrnoException
  const reason = FULL[code] ? `${FULL[code]} (${code})` : message
  return new Error(`${path}: could not be written: ${reason}; ${consequence}`, { cause })
}

async function writeFlushed(path: string, bytes: Uint8Array | string): Promise<void> {
  const file = await open(path, 'wx')
  try {
    await file.writeFile(bytes)
    await file.sync()
  } finally {
    await file.close()
  }
}

/** Flushes a folder, so that a rename in it survives a power cut. Windows cannot open folders, and needs no flush. */
async function flushFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return
  const handle = await open(folder, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}
