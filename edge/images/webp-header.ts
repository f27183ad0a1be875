import { ascii } from '../../models/images/webp.ts'

/** The flag of an animation in an extended header. */
const ANIMATION = 0x02

/**
 * The size in a WebP's first chunk (RFC 9649), which is lossy, lossless or extended.
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
