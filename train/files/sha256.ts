import { createHash } from 'node:crypto'

/** SHA-256 over the parts one after the other, in hex. */
export function sha256(...parts: Uint8Array[]): string {
  const sha = createHash('sha256')
  for (const part of parts) sha.update(part)
  return sha.digest('hex')
}
