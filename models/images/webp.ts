import { readOrientation } from './orientation.ts'

/** Four bytes of a file as text: the name of a chunk. */
export function ascii(file: Uint8Array, from: number): string {
  return String.fromCharCode(...file.subarray(from, from + 4))
}

/** Whether bytes begin with the signature of a WebP. */
export function isWebp(file: Uint8Array): boolean {
  return ascii(file, 0) === 'RIFF' && ascii(file, 8) === 'WEBP'
}

/** The orientation in the Exif chunk of an extended WebP (RFC 9649, 2.7.1.5), 1 to 8; 1 if there is none. */
export function readWebpOrientation(file: Uint8Array): number {
  if (ascii(file, 12) !== 'VP8X') return 1
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength)
  for (let at = 12; at + 8 <= file.length; ) {
    const size = view.getUint32(at + 4, true)
    if (ascii(file, at) === 'EXIF') return readOrientation(file.subarray(at + 8, at + 8 + size))
    // Chunks begin at even offsets.
    at += 8 + size + (size & 1)
  }
  return 1
}
