import type { ImageImport } from '../image-import.ts'
import { type Box, coverArea, fitCentred, type GreyImage } from './grey.ts'

const DEFAULT: ImageImport = { transpose: false, fit: 'contain', background: 'black', invert: false }

/** How pictures become inputs of a model: by its card's import or, without one, padded with black. */
export function importOf(dataset: { import?: ImageImport }): ImageImport {
  return dataset.import ?? DEFAULT
}

/** Width and height in pixels. */
export interface Size {
  width: number
  height: number
}

/**
 * Converts a picture to an image by a data set's import: transposes, crops, resizes and inverts it, in this order.
 *
 * @param size of the result; if absent, that of the picture or of its crop
 * @throws Error when the crop does not lie within the picture
 */
export function importImage(picture: GreyImage, size: Size | undefined, how: ImageImport): GreyImage {
  const upright = how.transpose ? transpose(picture) : picture
  const part = how.crop ? cropImage(upright, how.crop) : upright
  const sized = size ? resizeImage(part, size, how) : part
  return how.invert ? invertImage(sized) : sized
}

/**
 * Converts an uploaded picture to a model's input by the import of the model's data. A picture that does not contain
 * the crop, for example because it was cropped before, is used whole.
 */
export function importUpload(picture: GreyImage, size: Size, how: ImageImport): GreyImage {
  return importImage(picture, size, holdsCrop(picture, how) ? how : { ...how, crop: undefined })
}

/** Whether the import's crop lies within a picture; false without a crop. */
export function holdsCrop({ width, height }: Size, { transpose, crop }: ImageImport): boolean {
  const [wide, high] = transpose ? [height, width] : [width, height]
  return crop !== undefined && crop.left + crop.width <= wide && crop.top + crop.height <= high
}

/** Swaps rows and columns. */
export function transpose({ width, height, pixels }: GreyImage): GreyImage {
  const turned = pixels.map((_, i) => pixels[(i % height) * width + Math.floor(i / height)])
  return { width: height, height: width, pixels: turned }
}

/** Keeps a part of an image. @throws Error when it does not lie within the image */
export function cropImage(image: GreyImage, box: Box): GreyImage {
  if (box.left + box.width > image.width || box.top + box.height > image.height) {
    const wanted = `${box.width}x${box.height}+${box.left}+${box.top}`
    throw new Error(`expected an image that holds the crop ${wanted}, got ${image.width}x${image.height}`)
  }
  const pixels = new Float32Array(box.width * box.height)
  for (let y = 0; y < box.height; y++) {
    const from = (box.top + y) * image.width + box.left
    pixels.set(image.pixels.subarray(from, from + box.width), y * box.width)
  }
  return { width: box.width, height: box.height, pixels }
}

/**
 * Resizes an image by area, keeping its proportions: `cover` fills the size and cuts two sides; `contain` keeps all of
 * the image and pads with the background. An image of that size is returned unchanged.
 */
export function resizeImage(
  image: GreyImage,
  { width, height }: Size,
  { fit, background }: Pick<ImageImport, 'fit' | 'background'>,
): GreyImage {
  if (image.width === width && image.height === height) return image
  if (fit === 'cover') return coverArea(image, width, height)
  const padded = (of: GreyImage) => ({ width, height, pixels: fitCentred(of, width, height) })
  return background === 'black' ? padded(image) : invertImage(padded(invertImage(image)))
}

/** Swaps black and white. */
export function invertImage(image: GreyImage): GreyImage {
  return { ...image, pixels: image.pixels.map(value => 1 - value) }
}
