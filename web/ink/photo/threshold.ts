import type { GreyImage } from '../../../models/images/grey.ts'
import { otsu } from './otsu.ts'

/** Smaller differences from the paper are grain. */
const GRAIN = 0.06
/** Ink is divided again if the separation of its two parts is at least this; that of a uniform distribution is 0.75. */
const APART = 0.86

/**
 * Separates ink from paper by Otsu's threshold. If the ink consists of two clearly separate parts, such as pale ruled
 * lines and a dark pen, it is divided again and only the darker part is kept.
 *
 * @param ink as `removePaper` returns it
 * @returns 0 for paper, 1 for ink, and a ramp between them that keeps edges smooth
 */
export function separateInk(ink: GreyImage): GreyImage {
  const smooth = blur(ink)
  const threshold = inkThreshold(smooth.pixels)
  // The ramp goes from half the threshold to one and a half times the threshold.
  const pixels = smooth.pixels.map(value => Math.max(0, Math.min(1, value / threshold - 0.5)))
  return { ...ink, pixels }
}

/** The value above which a pixel is ink. */
function inkThreshold(pixels: Float32Array): number {
  const first = Math.max(GRAIN, otsu(pixels).threshold)
  const above = pixels.filter(value => value > first)
  const { threshold, separation } = otsu(above)
  return separation > APART ? Math.max(first, threshold) : first
}

/** The mean of each pixel and its eight neighbours, which reduces grain. */
function blur({ width, height, pixels }: GreyImage): GreyImage {
  const out = new Float32Array(pixels.length)
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      let [sum, n] = [0, 0]
      for (let row = Math.max(0, y - 1); row <= Math.min(height - 1, y + 1); row++) {
        for (let column = Math.max(0, x - 1); column <= Math.min(width - 1, x + 1); column++) {
          sum += pixels[row * width + column]
          n++
        }
      }
      out[y * width + x] = sum / n
    }
  }
  return { width, height, pixels: out }
}
