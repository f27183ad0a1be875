const ascii = (file: Uint8Array, from: number) => String.fromCharCode(...file.subarray(from, from + 4))

/** Whether bytes begin as a WebP does. */
export function isWebp(file: Uint8Array): boolean {
  return ascii(file, 0) === 'RIFF' && ascii(file, 8) === 'WEBP'
}

/** The chunk with Exif data of an extended WebP (RFC 9649, 2.7.1.5); undefined where there is none. */
export function readWebpExif(file: Uint8Array): Uint8Array | undefined {
  if (ascii(file, 12) !== 'VP8X') return undefined
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength)
  for (let at = 12; at + 8 <= file.length; ) {
    const size = view.getUint32(at + 4, true)
    if (ascii(file, at) === 'EXIF') return file.subarray(at + 8, at + 8 + size)
    // Chunks begin at even places.
    at += 8 + size + (size & 1)
  }
  return undefined
}

/** The flag of an animation in an extended header. */
const ANIMATION = 0x02

/**
 * The size in a WebP's first chunk (RFC 9649): lossy, lossless or extended.
 *
 * @throws RangeError where there is none, or the file is an animation
 */
export function readWebpSize(file: Uint8Array): { width: number; height: number } {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength)
  const chunk = ascii(file, 12)
  if (file.length >= 30) {
    if (chunk === 'VP8 ') {
      return { width: view.getUint16(26, true) & 0x3fff, height: view.getUint16(28, true) & 0x3fff }
    }
    if (chunk === 'VP8L') {
      const bits = view.getUint32(21, true)
      return { width: (bits & 0x3fff) + 1, height: ((bits >>> 14) & 0x3fff) + 1 }
    }
    if (chunk === 'VP8X') {
      if (file[20] & ANIMATION) throw new RangeError('it is an animation; pictures are read')
      const uint24 = (at: number) => view.getUint16(at, true) | (file[at + 2] << 16)
      return { width: uint24(24) + 1, height: uint24(27) + 1 }
    }
  }
  throw new RangeError('it is a WebP without a size')
}
