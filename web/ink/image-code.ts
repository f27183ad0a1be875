/*
 * An image in a URL: its intensities in 16 levels, two pixels a byte, as base64url. What is shown and encoded is always
 * the image after this rounding, so that a link gives the same numbers.
 */

const PREFIX = 'ink:'

/** Encodes an image for a URL. @param pixels intensities in 0…1 */
export function printImage(pixels: ArrayLike<number>): string {
  const level = (i: number) => (i < pixels.length ? Math.round(Math.max(0, Math.min(1, pixels[i])) * 15) : 0)
  let bytes = ''
  for (let i = 0; i < pixels.length; i += 2) bytes += String.fromCharCode(level(i) * 16 + level(i + 1))
  return (
    PREFIX +
    btoa(bytes)
      .replaceAll('+', '-')
      .replaceAll('/', '_')
      .replace(/={1,2}$/, '')
  )
}

/** Decodes the `size` intensities of an image in a URL; undefined if the text is not an image of that size. */
export function parseImage(text: string, size: number): Float32Array | undefined {
  if (!text.startsWith(PREFIX)) return undefined
  try {
    const bytes = atob(text.slice(PREFIX.length).replaceAll('-', '+').replaceAll('_', '/'))
    if (bytes.length !== Math.ceil(size / 2)) return undefined
    return Float32Array.from({ length: size }, (_, i) => {
      const byte = bytes.charCodeAt(i >> 1)
      return (i % 2 === 0 ? byte >> 4 : byte & 15) / 15
    })
  } catch {
    return undefined
  }
}
