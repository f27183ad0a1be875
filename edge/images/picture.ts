import type { GreyImage } from '../../models/images/grey.ts'
import { decodePng, PngOverflowError, readPngHeader } from '../../models/images/png.ts'

/** A picture's format and size, as its header states them. */
export interface PictureHeader {
  format: 'png'
  width: number
  height: number
}

/** Media types of pictures that are decoded. */
export const PICTURE_TYPES = ['image/png'] as const

/** Reads a picture's header. @throws RangeError where it is of no format that is decoded */
export function readPictureHeader(file: Uint8Array): PictureHeader {
  const { width, height } = readPngHeader(file)
  return { format: 'png', width, height }
}

/**
 * Decodes a picture to grey. Work is bounded by the size that the header states.
 *
 * @param background the intensity behind transparent places: 0 black, 1 white
 * @throws RangeError where it cannot be decoded
 */
export async function decodePicture(
  file: Uint8Array,
  _header: PictureHeader,
  background: 0 | 1,
): Promise<GreyImage> {
  return decodePng(file, background)
}

/** Whether an error says that a picture holds more than its header states. */
export function isOverflow(error: unknown): boolean {
  return error instanceof PngOverflowError
}
