import { promisify } from 'node:util'
import { gunzip } from 'node:zlib'

const unzip = promisify(gunzip)

/**
 * The raw bytes of a file that may be gzipped, which its first bytes show and not its name.
 *
 * @throws Error when a gzipped file is truncated or corrupt
 */
export async function inflate(stored: Uint8Array, path: string): Promise<Uint8Array> {
  if (stored[0] !== 0x1f || stored[1] !== 0x8b) return stored
  try {
    return await unzip(stored)
  } catch (cause) {
    throw new Error(`${path}: truncated or corrupt gzip file: ${(cause as Error).message}`, { cause })
  }
}
