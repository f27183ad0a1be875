/** A grey image: intensities from 0 (black) to 1 (white), [height, width] row-major. */
export interface GreyImage {
  width: number
  height: number
  pixels: Float32Array
}

/** A rectangle of pixels. */
export interface Box {
  left: number
  top: number
  width: number
  height: number
}

/**
 * Resizes an image, or a part of it, by area: each new pixel is the mean of the area of old pixels it covers. That keeps
 * thin strokes and does not ring, unlike sampling or cubic filters.
 *
 * @param box the part to resize; the whole image by default
 */
export function resampleArea(image: GreyImage, width: number, height: number, box?: Box): GreyImage {
  const part = box ?? { left: 0, top: 0, width: image.width, height: image.height }
  const columns = coverage(part.left, part.width, width)
  const rows = coverage(part.top, part.height, height)
  const pixels = new Float32Array(width * height)
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      let sum = 0
      for (const [row, down] of rows[y]) {
        const start = row * image.width
        for (const [column, across] of columns[x]) sum += image.pixels[start + column] * down * across
      }
      pixels[y * width + x] = sum
    }
  }
  return { width, height, pixels }
}

/** For each of `n` equal segments of a row of old pixels: the pixels it covers, with their shares of the segment. */
function coverage(from: number, length: number, n: number): [pixel: number, share: number][][] {
  return Array.from({ length: n }, (_, i) => {
    const start = (i * length) / n
    const end = ((i + 1) * length) / n
    const shares: [number, number][] = []
    // The margin absorbs rounding, which would otherwise add a pixel with a share of about 1e-16.
    for (let pixel = Math.floor(start); pixel < end - 1e-9; pixel++) {
      shares.push([from + pixel, (Math.min(end, pixel + 1) - Math.max(start, pixel)) / (end - start)])
    }
    return shares
  })
}

/**
 * Resizes an image by area to fit into a height and width, keeping its proportions, centred and with 0 around it.
 *
 * @returns [height, width] row-major; the image's own pixels if it already has that size
 */
export function fitCentred(image: GreyImage, width: number, height: number): Float32Array {
  if (image.width === width && image.height === height) return image.pixels
  const scale = Math.min(height / image.height, width / image.width)
  const small = resampleArea(
    image,
    Math.max(1, Math.round(image.width * scale)),
    Math.max(1, Math.round(image.height * scale)),
  )
  const left = (width - small.width) >> 1
  const top = (height - small.height) >> 1
  const pixels = new Float32Array(width * height)
  for (let y = 0; y < small.height; y++) {
    pixels.set(small.pixels.subarray(y * small.width, (y + 1) * small.width), (top + y) * width + left)
  }
  return pixels
}

/**
 * Resizes an image by area to fill a height and width, keeping its proportions: what does not fit at two sides is cut.
 */
export function coverArea(image: GreyImage, width: number, height: number): GreyImage {
  const scale = Math.max(width / image.width, height / image.height)
  const [wide, high] = [Math.min(image.width, width / scale), Math.min(image.height, height / scale)]
  return resampleArea(image, width, height, {
    width: Math.max(1, Math.round(wide)),
    height: Math.max(1, Math.round(high)),
    left: Math.floor((image.width - wide) / 2),
    top: Math.floor((image.height - high) / 2),
  })
}

/** Luma of red, green and blue in one scale (ITU-R BT.601). */
export function luma(red: number, green: number, blue: number): number {
  return 0.299 * red + 0.587 * green + 0.114 * blue
}

/**
 * Bytes as intensities from 0 to 1. A loop, as `Float32Array.from` with a function takes 70 ns an element.
 */
export function toIntensities(bytes: Uint8Array): Float32Array<ArrayBuffer> {
  const pixels = new Float32Array(bytes.length)
  for (let i = 0; i < bytes.length; i++) pixels[i] = bytes[i] / 255
  return pixels
}

/** Intensities 0 … 1 as bytes. */
export function toBytes(pixels: Float32Array): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(pixels, value => Math.round(255 * value))
}
