import type { Polarity } from '../polarity.ts'
import type { GreyImage } from './grey.ts'
import { invertImage } from './import-image.ts'

/** Intensities up to this count as black, and from 1 minus this on as white. */
const NEAR = 0.15
/** The share of border pixels that must be black (or white) for the background to count as black (or white). */
const SHARE = 0.8

/** Detects the polarity of images from the pixels along their edges, which show the background. */
export function detectPolarity(images: Iterable<GreyImage>): Polarity {
  let [dark, light, all] = [0, 0, 0]
  for (const image of images) {
    for (const value of borderOf(image)) {
      all++
      if (value <= NEAR) dark++
      else if (value >= 1 - NEAR) light++
    }
  }
  if (dark >= SHARE * all) return 'light-on-dark'
  return light >= SHARE * all ? 'dark-on-light' : 'photograph'
}

/** How many images of a data set are examined. */
const EXAMINED = 1000

/**
 * Detects the polarity of a data set from the edges of some of its images, evenly spaced.
 *
 * @param images [height · width] each, 0 … 255
 */
export function detectDatasetPolarity(
  images: readonly Uint8Array[],
  height: number,
  width: number,
): Polarity {
  const step = Math.max(1, images.length / EXAMINED)
  return detectPolarity(
    Array.from({ length: Math.min(images.length, EXAMINED) }, (_, i) => ({
      height,
      width,
      pixels: Float32Array.from(images[Math.floor(i * step)], byte => byte / 255),
    })),
  )
}

/**
 * Adapts an image to the polarity of a model's data: inverts it if one of the two has a background darker than middle
 * grey and the other a lighter one. Photographs are not changed.
 */
export function matchPolarity(image: GreyImage, polarity: Polarity): GreyImage {
  if (polarity === 'photograph') return image
  const border = [...borderOf(image)]
  const isLight = border.reduce((sum, value) => sum + value, 0) > border.length / 2
  if (isLight === (polarity === 'dark-on-light')) return image
  return invertImage(image)
}

/** Intensities along the four edges; corners once. */
function* borderOf({ width, height, pixels }: GreyImage): Generator<number> {
  for (let y = 0; y < height; y++) {
    const step = y === 0 || y === height - 1 || width === 1 ? 1 : width - 1
    for (let x = 0; x < width; x += step) yield pixels[y * width + x]
  }
}
