import { type GreyImage, resampleArea } from '../../../models/images/grey.ts'

/** Longer side, in pixels, of the reduced copy on which the paper's tone is estimated. */
const COPY = 64
/** Radius of the window around each pixel of the copy, in pixels. */
const RADIUS = 6
/** The paper's tone is this quantile of a window, so that strokes may cover up to two thirds of it. */
const QUANTILE = 0.7

/**
 * Whether a drawing's background is lighter than its ink. Strokes cover few pixels, so the differences from the local
 * mean are skewed towards the ink. At the edge of a shadow they are symmetric.
 */
export function hasLightBackground(picture: GreyImage): boolean {
  const small = shrink(picture, 2 * COPY)
  const around = boxMean(small, 2 * RADIUS)
  return small.pixels.reduce((sum, value, i) => sum + (value - around[i]) ** 3, 0) <= 0
}

function shrink(picture: GreyImage, longer: number): GreyImage {
  const scale = Math.min(1, longer / Math.max(picture.width, picture.height))
  return resampleArea(
    picture,
    Math.max(1, Math.round(picture.width * scale)),
    Math.max(1, Math.round(picture.height * scale)),
  )
}

/**
 * Removes the paper with its tone, shadows and uneven light: each pixel becomes how much darker it is than the paper
 * around it, or, on a dark background, how much lighter.
 *
 * @returns ink in 0…1, 0 where there is only paper
 */
export function removePaper(picture: GreyImage): GreyImage {
  const light = hasLightBackground(picture)
  // The following steps assume a light background.
  const turned = light ? picture.pixels : picture.pixels.map(value => 1 - value)
  const paper = paperTone({ ...picture, pixels: turned })
  const pixels = turned.map((value, i) => {
    // Paper reflects a share of the light that falls on it, so ink is a ratio; chalk adds to the light of the board, so
    // ink is a difference.
    const ink = light ? 1 - value / Math.max(paper[i], 0.02) : (paper[i] - value) / Math.max(paper[i], 0.02)
    return Math.max(0, Math.min(1, ink))
  })
  return { ...picture, pixels }
}

/** The tone of the paper at each pixel: a high quantile of the window around it, which follows the edges of shadows. */
function paperTone(picture: GreyImage): Float32Array {
  const small = shrink(picture, COPY)
  const { width, height } = small
  const tone = small.pixels.map((_, i) => windowQuantile(small, i % width, Math.floor(i / width)))
  return enlarge({ width, height, pixels: tone }, picture.width, picture.height)
}

/** The mean of the square window around each pixel, clipped to the picture, by a summed-area table. */
function boxMean({ width, height, pixels }: GreyImage, radius: number): Float32Array {
  const sums = new Float64Array((width + 1) * (height + 1))
  const at = (x: number, y: number) => sums[y * (width + 1) + x]
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      sums[(y + 1) * (width + 1) + x + 1] = pixels[y * width + x] + at(x, y + 1) + at(x + 1, y) - at(x, y)
    }
  }
  return pixels.map((_, i) => {
    const [x, y] = [i % width, Math.floor(i / width)]
    const [left, right] = [Math.max(0, x - radius), Math.min(width, x + radius + 1)]
    const [top, bottom] = [Math.max(0, y - radius), Math.min(height, y + radius + 1)]
    const sum = at(right, bottom) - at(left, bottom) - at(right, top) + at(left, top)
    return sum / ((right - left) * (bottom - top))
  })
}

/** The quantile `QUANTILE` of the square window around a pixel. */
function windowQuantile({ width, height, pixels }: GreyImage, x: number, y: number): number {
  const values: number[] = []
  for (let row = Math.max(0, y - RADIUS); row <= Math.min(height - 1, y + RADIUS); row++) {
    for (let column = Math.max(0, x - RADIUS); column <= Math.min(width - 1, x + RADIUS); column++) {
      values.push(pixels[row * width + column])
    }
  }
  return values.sort((a, b) => a - b)[Math.floor(values.length * QUANTILE)]
}

/** Bilinear interpolation. */
function enlarge({ width, height, pixels }: GreyImage, toWidth: number, toHeight: number): Float32Array {
  const out = new Float32Array(toWidth * toHeight)
  const place = (i: number, to: number, from: number) =>
    Math.max(0, Math.min(from - 1, ((i + 0.5) * from) / to - 0.5))
  for (let y = 0; y < toHeight; y++) {
    const v = place(y, toHeight, height)
    const [top, bottom] = [Math.floor(v), Math.min(height - 1, Math.floor(v) + 1)]
    for (let x = 0; x < toWidth; x++) {
      const u = place(x, toWidth, width)
      const [left, right] = [Math.floor(u), Math.min(width - 1, Math.floor(u) + 1)]
      const across = (row: number) =>
        pixels[row * width + left] * (1 - (u - left)) + pixels[row * width + right] * (u - left)
      out[y * toWidth + x] = across(top) * (1 - (v - top)) + across(bottom) * (v - top)
    }
  }
  return out
}
