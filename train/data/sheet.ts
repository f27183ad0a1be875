import { encode } from 'fast-png'
import type { Images } from '../step/images.ts'
import type { Dataset } from './dataset.ts'

const COLUMNS = 10
const IMAGES = 100
/** In pixels of the sheet: the gap between images, and the side of one image pixel. */
const GAP = 4
const SCALE = 3
const BACKGROUND = 255

/**
 * 100 images in rows of ten, on white, each pixel three wide, as a PNG.
 *
 * @param which the first ones, or images spread evenly over all, which shows every class of images sorted by class
 */
export function contactSheet(
  images: Pick<Images, 'count' | 'pixels'>,
  { height, width }: { height: number; width: number },
  which: 'first' | 'spread' = 'first',
): Uint8Array {
  const count = Math.min(IMAGES, images.count)
  const place = (n: number) => (which === 'first' ? n : Math.floor((n * images.count) / count))
  const columns = Math.min(COLUMNS, count)
  const rows = Math.ceil(count / columns)
  const cell = { width: width * SCALE + GAP, height: height * SCALE + GAP }
  const sheet = { width: columns * cell.width + GAP, height: rows * cell.height + GAP }
  const data = new Uint8Array(sheet.width * sheet.height).fill(BACKGROUND)
  for (let n = 0; n < count; n++) {
    const left = GAP + (n % columns) * cell.width
    const top = GAP + Math.floor(n / columns) * cell.height
    for (let y = 0; y < height * SCALE; y++) {
      for (let x = 0; x < width * SCALE; x++) {
        const pixel = place(n) * height * width + Math.floor(y / SCALE) * width + Math.floor(x / SCALE)
        data[(top + y) * sheet.width + left + x] = images.pixels[pixel]
      }
    }
  }
  return encode({ ...sheet, data, channels: 1, depth: 8 })
}

/** The first 100 test images in rows of ten, without gaps and pixel for pixel, as a grey PNG. */
export function testSprite({ height, width, test }: Dataset): Uint8Array {
  const count = Math.min(IMAGES, test.count)
  const size = { width: COLUMNS * width, height: Math.ceil(count / COLUMNS) * height }
  const data = new Uint8Array(size.width * size.height)
  for (let n = 0; n < count; n++) {
    const corner = Math.floor(n / COLUMNS) * height * size.width + (n % COLUMNS) * width
    for (let y = 0; y < height; y++) {
      const from = (n * height + y) * width
      data.set(test.pixels.subarray(from, from + width), corner + y * size.width)
    }
  }
  return encode({ ...size, data, channels: 1, depth: 8 })
}
