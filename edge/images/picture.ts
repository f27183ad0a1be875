import { type GreyImage, luma } from '../../models/images/grey.ts'
import { turnUpright } from '../../models/images/orientation.ts'
import { decodePng, PngOverflowError, readPngHeader } from '../../models/images/png.ts'
import { isPng } from '../../models/images/png-chunks.ts'
import { isWebp, readWebpOrientation } from '../../models/images/webp.ts'
import type { PictureDecoders, Rgba } from '../platform.ts'
import { isJpeg, readJpegSize } from './jpeg-header.ts'
import { readWebpSize } from './webp-header.ts'

/** A picture's format and size, as its header states them. */
export interface PictureHeader {
  format: 'png' | 'jpeg' | 'webp'
  width: number
  height: number
}

/** Media types of the pictures that can be decoded. */
export const PICTURE_TYPES = ['image/png', 'image/jpeg', 'image/webp'] as const

/**
 * Reads a picture's header. The format is that of the file's first bytes, whatever its media type says.
 *
 * @throws RangeError where it is of no format that is decoded
 */
export function readPictureHeader(file: Uint8Array): PictureHeader {
  if (isPng(file)) {
    const { width, height } = readPngHeader(file)
    return { format: 'png', width, height }
  }
  if (isJpeg(file)) return { format: 'jpeg', ...readJpegSize(file) }
  if (isWebp(file)) return { format: 'webp', ...readWebpSize(file) }
  throw new RangeError('it is not a PNG, JPEG or WebP')
}

/**
 * Decodes a picture to grey, turned as its Exif data says. Work is bounded by the size that the header states.
 *
 * @param background the intensity behind transparent places: 0 black, 1 white
 * @throws RangeError where it cannot be decoded
 */
export async function decodePicture(
  file: Uint8Array,
  { format }: PictureHeader,
  background: 0 | 1,
  decoders: PictureDecoders,
): Promise<GreyImage> {
  if (format === 'png') return decodePng(file, background)
  const grey = toGrey(await decoders[format](file), background)
  // The decoder of JPEG turns pictures by itself.
  return format === 'webp' ? turnUpright(grey, readWebpOrientation(file)) : grey
}

function toGrey({ width, height, data }: Rgba, background: number): GreyImage {
  const pixels = new Float32Array(width * height)
  for (let i = 0; i < pixels.length; i++) {
    const at = 4 * i
    const alpha = data[at + 3] / 255
    pixels[i] = (luma(data[at], data[at + 1], data[at + 2]) / 255) * alpha + background * (1 - alpha)
  }
  return { width, height, pixels }
}

/** Whether an error means that a picture holds more than its header states. */
export function isOverflow(error: unknown): boolean {
  return error instanceof PngOverflowError
}
