import type { GreyImage } from './grey.ts'
import { transpose } from './import-image.ts'

/** The tag of the orientation in an image file directory (Exif 2.32, 4.6.4.A). */
const ORIENTATION = 0x0112

/**
 * The orientation that an Exif block states, 1 to 8; 1, upright, where it states none or cannot be read.
 *
 * @param exif a TIFF header and what follows it, also after the `Exif\0\0` of some writers
 */
export function readOrientation(exif: Uint8Array): number {
  const from = String.fromCharCode(...exif.subarray(0, 4)) === 'Exif' ? 6 : 0
  const view = new DataView(exif.buffer, exif.byteOffset + from, Math.max(0, exif.length - from))
  if (view.byteLength < 8) return 1
  const little = view.getUint16(0) === 0x4949
  const directory = view.getUint32(4, little)
  if (directory + 2 > view.byteLength) return 1
  const entries = view.getUint16(directory, little)
  for (let i = 0, at = directory + 2; i < entries && at + 12 <= view.byteLength; i++, at += 12) {
    if (view.getUint16(at, little) !== ORIENTATION) continue
    const value = view.getUint16(at + 8, little)
    return value >= 1 && value <= 8 ? value : 1
  }
  return 1
}

/** Turns an image upright. @param orientation of Exif: 3 is upside down, 6 and 8 lie on a side, 2, 4, 5 and 7 are mirrored */
export function turnUpright(image: GreyImage, orientation: number): GreyImage {
  const { width, height } = image
  // Rows and columns are swapped in 5 to 8; then columns, rows or both run backwards.
  const turned = orientation >= 5 ? transpose(image) : image
  const backwards = {
    columns: [2, 3, 6, 7].includes(orientation),
    rows: [3, 4, 7, 8].includes(orientation),
  }
  if (!backwards.columns && !backwards.rows) return turned
  const [wide, high] = orientation >= 5 ? [height, width] : [width, height]
  const pixels = turned.pixels.map((_, i) => {
    const [x, y] = [i % wide, Math.floor(i / wide)]
    return turned.pixels[(backwards.rows ? high - 1 - y : y) * wide + (backwards.columns ? wide - 1 - x : x)]
  })
  return { width: wide, height: high, pixels }
}
