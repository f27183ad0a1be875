/** Images of one size, [n, height·width] row-major, intensities 0 (black) … 1. */
export interface Images {
  pixels: Float32Array
  height: number
  width: number
}

/** 8-bit grey pixels. */
export interface Raster {
  data: Uint8Array
  height: number
  width: number
}

/**
 * Lays images out as a contact sheet, row by row, without gaps; places without an image are background.
 *
 * @param columns images in a row
 * @param scale screen pixels for one pixel, by nearest neighbour
 * @param invert swaps black and white
 */
export function layOut(images: Images, columns: number, scale: number, invert: boolean): Raster {
  const { pixels, height, width } = images
  const n = pixels.length / (height * width)
  const rows = Math.ceil(n / columns)
  const sheet = { width: columns * width * scale, height: rows * height * scale }
  const data = new Uint8Array(sheet.width * sheet.height)
  if (invert) data.fill(255)
  for (let i = 0; i < n; i++) {
    const left = (i % columns) * width * scale
    const top = Math.floor(i / columns) * height * scale
    for (let y = 0; y < height; y++) {
      const start = (top + y * scale) * sheet.width + left
      for (let x = 0, at = start; x < width; x++) {
        const level = toLevel(pixels[(i * height + y) * width + x])
        const shade = invert ? 255 - level : level
        for (let copy = 0; copy < scale; copy++) data[at++] = shade
      }
      for (let copy = 1; copy < scale; copy++) {
        data.copyWithin(start + copy * sheet.width, start, start + width * scale)
      }
    }
  }
  return { data, ...sheet }
}

/** Puts a raster into the middle of a larger one, whose rest has the shade of the raster's first pixel. */
export function placeInFrame(
  { data, width, height }: Raster,
  frame: Pick<Raster, 'width' | 'height'>,
): Raster {
  const out = new Uint8Array(frame.width * frame.height).fill(data[0])
  const [left, top] = [(frame.width - width) >> 1, (frame.height - height) >> 1]
  for (let y = 0; y < height; y++) {
    out.set(data.subarray(y * width, (y + 1) * width), (top + y) * frame.width + left)
  }
  return { data: out, width: frame.width, height: frame.height }
}

/** The nearest of 256 grey levels to an intensity, which is clipped to 0…1; NaN becomes 0. */
export function toLevel(intensity: number): number {
  if (intensity >= 1) return 255
  return intensity > 0 ? (intensity * 255 + 0.5) | 0 : 0
}
