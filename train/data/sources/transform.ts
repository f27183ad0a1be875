import { coverArea, fitCentred, type GreyImage } from '../../../models/images/grey.ts'
import type { ImportOptions } from '../../step/configuration.ts'

/**
 * Transposes, cuts, resizes and inverts an image as the import options say, in that order.
 *
 * - `crop` keeps a part, in pixels of the original.
 * - `size` resizes by area. `fit: 'cover'` fills the size and cuts what is over at both sides; 'contain' (the default)
 *   keeps all of the image and pads with `background`.
 *
 * @throws Error when the crop does not lie within the image
 */
export function transformImage(image: GreyImage, options: ImportOptions): GreyImage {
  const upright = options.transpose ? transpose(image) : image
  const cropped = options.crop ? crop(upright, options.crop) : upright
  const sized = options.size ? resize(cropped, options.size, options) : cropped
  return options.invert ? { ...sized, pixels: sized.pixels.map(value => 1 - value) } : sized
}

function transpose({ width, height, pixels }: GreyImage): GreyImage {
  const turned = pixels.map((_, i) => pixels[(i % height) * width + Math.floor(i / height)])
  return { width: height, height: width, pixels: turned }
}

function crop(image: GreyImage, box: NonNullable<ImportOptions['crop']>): GreyImage {
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

function resize(
  image: GreyImage,
  { width, height }: { width: number; height: number },
  { fit = 'contain', background = 'black' }: ImportOptions,
): GreyImage {
  if (image.width === width && image.height === height) return image
  if (fit === 'cover') return coverArea(image, width, height)
  if (background === 'black') return { width, height, pixels: fitCentred(image, width, height) }
  const inverted = { ...image, pixels: image.pixels.map(value => 1 - value) }
  return { width, height, pixels: fitCentred(inverted, width, height).map(value => 1 - value) }
}
