import type { GreyImage } from '../../../models/images/grey.ts'

const INK = 0.5
/** Width of MNIST's strokes as a share of a digit's longer side: about 2.4 of 20 pixels. */
const STROKE = 2.4 / 20

/**
 * Thickens strokes that are thinner, relative to the drawing's size, than MNIST's: a ballpoint line would be a fraction
 * of a pixel wide in an image of 28 × 28. Thick strokes are not changed.
 */
export function thickenStrokes(ink: GreyImage): GreyImage {
  const { width, height, pixels } = ink
  const { area, edge, side } = measure(ink)
  if (area === 0) return ink
  // A stroke of length l and width w has an area of l·w and an edge of 2·l. Counting the sides of pixels gives 4/π
  // times the length of an edge, averaged over its directions.
  const stroke = (2 * area) / (edge * (Math.PI / 4))
  const radius = (STROKE * side - stroke) / 2
  if (radius < 0.5) return ink
  const out = pixels.slice()
  const reach = Math.ceil(radius)
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      if (pixels[y * width + x] < INK) continue
      for (let row = Math.max(0, y - reach); row <= Math.min(height - 1, y + reach); row++) {
        for (let column = Math.max(0, x - reach); column <= Math.min(width - 1, x + reach); column++) {
          const value = Math.max(0, Math.min(1, radius + 0.5 - Math.hypot(row - y, column - x)))
          if (value > out[row * width + column]) out[row * width + column] = value
        }
      }
    }
  }
  return { width, height, pixels: out }
}

/**
 * The number of ink pixels, the number of pixel sides between ink and paper, and the longer side of the drawing in
 * pixels.
 */
function measure({ width, height, pixels }: GreyImage): { area: number; edge: number; side: number } {
  const isInk = (x: number, y: number) =>
    x >= 0 && y >= 0 && x < width && y < height && pixels[y * width + x] >= INK
  let [area, edge] = [0, 0]
  let [left, top, right, bottom] = [width, height, -1, -1]
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      if (!isInk(x, y)) continue
      area++
      edge += [isInk(x - 1, y), isInk(x + 1, y), isInk(x, y - 1), isInk(x, y + 1)].filter(
        same => !same,
      ).length
      left = Math.min(left, x)
      right = Math.max(right, x)
      top = Math.min(top, y)
      bottom = Math.max(bottom, y)
    }
  }
  return { area, edge, side: Math.max(right - left, bottom - top) + 1 }
}
