import type { Card } from '../../models/card.ts'
import { fromBase64 } from '../../models/files/base64.ts'
import { toIntensities } from '../../models/images/grey.ts'
import { importOf, importUpload, invertImage } from '../../models/images/import-image.ts'
import { wrongValue } from '../http/problem.ts'
import { decodePicture, isOverflow, type PictureHeader, readPictureHeader } from '../images/picture.ts'
import { LIMITS } from '../limits.ts'
import type { PictureDecoders } from '../platform.ts'

/** A posted image: intensities in the model's size, [D_x], or a picture's file, not decoded yet. */
export type PostedImage =
  | { pixels: Float32Array }
  | { field: string; file: Uint8Array; header: PictureHeader }

/** A posted picture's file, its size checked. @throws Problem invalid-body or too-large, naming `field` */
export function pictureFile(file: Uint8Array, field: string, { dataset }: Card): PostedImage {
  const header = orUnreadable(file, field, () => readPictureHeader(file))
  const { width, height } = header
  // A picture of the size of the model's own images is always read.
  const [widest, highest] = [dataset.width, dataset.height].map(side => Math.max(LIMITS.pictureSide, side))
  if (width > widest || height > highest) {
    const got = `${width}×${height}`
    throw wrongValue('body', field, `a picture of at most ${widest}×${highest} pixels`, got, 'too-large')
  }
  return { field, file, header }
}

/** Pixels of all pictures that are not decoded yet. */
function countPixels(images: readonly PostedImage[]): number {
  return images.reduce(
    (sum, image) => sum + ('file' in image ? image.header.width * image.header.height : 0),
    0,
  )
}

/** The work of decoding pictures: for each the number of its pixels or of its file's bytes, whichever is larger. */
export function countDecoding(images: readonly PostedImage[]): number {
  const work = (image: PostedImage) =>
    'file' in image ? Math.max(image.header.width * image.header.height, image.file.length) : 0
  return images.reduce((sum, image) => sum + work(image), 0)
}

/** Checks how many pixels a body's pictures have together. @throws Problem too-large */
export function checkPixels(images: readonly PostedImage[]): void {
  const pixels = countPixels(images)
  if (pixels <= LIMITS.postedPixels) return
  const expected = `pictures of at most ${LIMITS.postedPixels} pixels together`
  throw wrongValue('body', 'body', expected, `${pixels} pixels`, 'too-large')
}

/**
 * A posted image in the model's size, [D_x]: grey, and made as the model's training images were made of pictures.
 *
 * @param invert swaps black and white first: for dark ink on light paper where the model's images are light on black
 * @throws Problem invalid-body or too-large, naming the picture's field
 */
export async function decodeImage(
  image: PostedImage,
  card: Card,
  invert: boolean,
  decoders: PictureDecoders,
): Promise<Float32Array> {
  if ('pixels' in image) return invert ? image.pixels.map(value => 1 - value) : image.pixels
  const { file, header, field } = image
  const how = importOf(card.dataset)
  // Transparent pixels are paper: of the shade that the training images have it, or the opposite if `invert`.
  const paper = (how.background === 'white') !== invert ? 1 : 0
  const grey = await decodePicture(file, header, paper, decoders).catch(error =>
    orUnreadable(file, field, () => {
      throw error
    }),
  )
  return importUpload(invert ? invertImage(grey) : grey, card.dataset, how).pixels
}

function orUnreadable<T>(file: Uint8Array, field: string, work: () => T): T {
  try {
    return work()
  } catch (error) {
    if (isOverflow(error)) throw wrongValue('body', field, 'pixels of the stated size', 'more', 'too-large')
    if (!(error instanceof RangeError)) throw error
    const got = `${file.length} bytes: ${error.message}`
    throw wrongValue('body', field, 'a picture that can be decoded', got, 'invalid-body')
  }
}

/** A JSON body's image. @throws Problem naming `field` */
export function jsonImage(image: string | number[], card: Card, field: string): PostedImage {
  if (typeof image === 'string') return pictureFile(bytesOfBase64(image, field), field, card)
  const size = card.architecture.inputDim
  if (image.length !== size) throw wrongValue('body', field, `${size} numbers`, `${image.length}`)
  return { pixels: Float32Array.from(image) }
}

/** Bytes in base64 or base64url (RFC 4648), or in a data URL of either. @throws Problem naming `field` */
export function bytesOfBase64(text: string, field: string): Uint8Array<ArrayBuffer> {
  const comma = text.slice(0, 5).toLowerCase() === 'data:' ? text.indexOf(',') : -1
  try {
    return fromBase64(
      text
        .slice(comma + 1)
        .replaceAll('-', '+')
        .replaceAll('_', '/'),
    )
  } catch {
    throw wrongValue('body', field, 'a picture in base64', text)
  }
}

/** Images of one byte a pixel, 0 to 255, one after the other. @throws Problem for another number of bytes */
export function rawImages(bytes: Uint8Array, card: Card): PostedImage[] {
  const size = card.architecture.inputDim
  const n = bytes.length / size
  if (!Number.isInteger(n) || n > LIMITS.postedImages) {
    const expected = `1 to ${LIMITS.postedImages} images of ${size} bytes each`
    throw wrongValue('body', 'body', expected, `${bytes.length} bytes`, 'invalid-body')
  }
  return Array.from({ length: n }, (_, i) => ({
    pixels: toIntensities(bytes.subarray(i * size, (i + 1) * size)),
  }))
}
