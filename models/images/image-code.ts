import { fromBase64, toBase64 } from '../files/base64.ts'

/*
 * An image in a URL, as base64url. Drawings are kept short: `ink:` and their intensities in 16 levels, two pixels a byte.
 * Pictures keep their greys: `grey:` and a byte a pixel, up to a number of pixels that every server takes in an address.
 * What is shown and encoded is always the image after this rounding, so that a link gives the same numbers.
 */

/** Pixels of the largest image of a byte each: 5.5 kB of an address, of the 8 kB that servers take at least. */
const MOST_BYTES = 4096

/**
 * Encodes an image for a URL.
 *
 * @param pixels intensities in 0…1
 * @param kind whether 16 levels do
 */
export function printImage(pixels: ArrayLike<number>, kind: 'drawing' | 'picture'): string {
  const at = (i: number) => (i < pixels.length ? Math.max(0, Math.min(1, pixels[i])) : 0)
  const isShort = kind === 'drawing' || pixels.length > MOST_BYTES
  const level = (i: number) => Math.round(at(i) * 15)
  const bytes = Uint8Array.from({ length: isShort ? Math.ceil(pixels.length / 2) : pixels.length }, (_, i) =>
    isShort ? level(2 * i) * 16 + level(2 * i + 1) : Math.round(at(i) * 255),
  )
  const text = toBase64(bytes)
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replace(/={1,2}$/, '')
  return `${isShort ? 'ink' : 'grey'}:${text}`
}

/** Whether a text of the address is an image, not a test image's number. */
export function isImageCode(text: string): boolean {
  return /^(ink|grey):/.test(text)
}

/** Decodes the `size` intensities of an image in a URL; undefined if the text is not an image of that size. */
export function parseImage(text: string, size: number): Float32Array | undefined {
  if (!isImageCode(text)) return undefined
  const isShort = text.startsWith('ink:')
  let bytes: Uint8Array
  try {
    bytes = fromBase64(
      text
        .slice(text.indexOf(':') + 1)
        .replaceAll('-', '+')
        .replaceAll('_', '/'),
    )
  } catch {
    return undefined
  }
  if (bytes.length !== (isShort ? Math.ceil(size / 2) : size)) return undefined
  return Float32Array.from({ length: size }, (_, i) => {
    if (!isShort) return bytes[i] / 255
    return (i % 2 === 0 ? bytes[i >> 1] >> 4 : bytes[i >> 1] & 15) / 15
  })
}

/** Parses the number of a test image from a text such as `test:5`. */
export function testIndex(x: string): number | undefined {
  const match = /^test:(\d{1,6})$/.exec(x)
  return match ? Number(match[1]) : undefined
}
