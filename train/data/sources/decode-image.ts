import { type GreyImage, luma } from '../../../models/images/grey.ts'
import { decodePng, readPngHeader } from '../../../models/images/png.ts'
import { isPng } from '../../../models/images/png-chunks.ts'

/** Pixels of the largest image that is decoded: 100 megapixels. */
const MOST_PIXELS = 1e8

/**
 * Decodes an image to grey: colour by Rec. 601 luma, transparent places over `background`, turned as its Exif orientation
 * says. The format is that of the bytes, whatever the file's name. PNG is decoded as in the API; JPEG, WebP, AVIF, TIFF and
 * GIF (its first frame) by libvips.
 *
 * @throws Error saying what the bytes are instead of an image
 */
export async function decodeImage(bytes: Uint8Array, background: 'black' | 'white'): Promise<GreyImage> {
  const ground = background === 'white' ? 1 : 0
  if (bytes.length === 0) throw new Error('expected an image, got an empty file')
  if (isPng(bytes)) return decodePngSafely(bytes, ground)
  // Loaded for the formats that need it: it is a native library, and most data needs none.
  const { default: sharp } = await import('sharp')
  try {
    const { data, info } = await sharp(bytes, { failOn: 'error', limitInputPixels: MOST_PIXELS })
      .rotate()
      .toColourspace('srgb')
      .raw()
      .toBuffer({ resolveWithObject: true })
    return toGrey(data, info, ground)
  } catch (cause) {
    throw new Error(`expected a PNG, JPEG, WebP, AVIF, TIFF or GIF image, got ${describe(cause)}`, { cause })
  }
}

function decodePngSafely(bytes: Uint8Array, ground: 0 | 1): GreyImage {
  try {
    const { width, height } = readPngHeader(bytes)
    if (width * height > MOST_PIXELS) throw new RangeError(`${width}×${height} pixels`)
    return decodePng(bytes, ground)
  } catch (cause) {
    throw new Error(`expected a PNG image, got ${(cause as Error).message}`, { cause })
  }
}

function toGrey(
  data: Uint8Array,
  { width, height, channels }: { width: number; height: number; channels: number },
  ground: number,
): GreyImage {
  const pixels = new Float32Array(width * height)
  for (let i = 0; i < pixels.length; i++) {
    const at = i * channels
    const value = channels < 3 ? data[at] : luma(data[at], data[at + 1], data[at + 2])
    const alpha = channels % 2 === 0 ? data[at + channels - 1] / 255 : 1
    pixels[i] = (value / 255) * alpha + ground * (1 - alpha)
  }
  return { width, height, pixels }
}

function describe(cause: unknown): string {
  return (cause as Error).message.split('\n')[0]
}
