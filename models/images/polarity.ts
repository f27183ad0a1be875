import type { Polarity } from '../display.ts'
import type { GreyImage } from './grey.ts'

/** Intensities up to this, and from 1 minus this, count as black and white. */
const NEAR = 0.15
/** The share of border pixels that must be black (or white) for the ground to count as black (or white). */
const SHARE = 0.8

/** Detects the polarity of images from the pixels along their edges, which show the ground. */
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

/**
 * Adapts an image to the polarity of a model's data: inverts it if its ground is on the other side of middle grey.
 * Photographs are not changed.
 */
export function matchPolarity(image: GreyImage, polarity: Polarity): GreyImage {
  if (polarity === 'photograph') return image
  const border = [...borderOf(image)]
  const isLight = border.reduce((sum, value) => sum + value, 0) > border.length / 2
  if (isLight === (polarity === 'dark-on-light')) return image
  return { ...image, pixels: image.pixels.map(value => 1 - value) }
}

/** Intensities along the four edges; corners once. */
function* borderOf({ width, height, pixels }: GreyImage): Generator<number> {
  for (let y = 0; y < height; y++) {
    const step = y === 0 || y === height - 1 || width === 1 ? 1 : width - 1
    for (let x = 0; x < width; x += step) yield pixels[y * width + x]
  }
}
