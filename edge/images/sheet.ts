/** Images of one size, [n, height·width] row-major, intensities 0 (black) … 1. */
export interface Images {
  pixels: Float32Array
  height: number
  width: number
}

/** 8-bit pixels: grey levels, or indices of colours where there is a palette. */
export interface Raster {
  data: Uint8Array
  height: number
  width: number
  /** Red, green and blue of each colour, up to 256 of them. */
  palette?: Uint8Array
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
  let from = 0
  for (let i = 0; i < n; i++) {
    const left = (i % columns) * width * scale
    const top = Math.floor(i / columns) * height * scale
    for (let y = 0; y < height; y++) {
      const start = (top + y * scale) * sheet.width + left
      for (let x = 0; x < width; x++) data[start + x] = toLevel(pixels[from++])
      if (invert) for (let x = 0; x < width; x++) data[start + x] = 255 - data[start + x]
      if (scale > 1) enlargeRow(data, start, width, scale, sheet.width)
    }
  }
  return { data, ...sheet }
}

/** Enlarges the `width` pixels at `start` to the right and downwards; `stride` is the sheet's width. */
function enlargeRow(data: Uint8Array, start: number, width: number, scale: number, stride: number): void {
  // From the right, so that no pixel is overwritten before it was read.
  for (let x = width - 1, at = start + width * scale; x >= 0; x--) {
    const shade = data[start + x]
    // A loop: `fill` takes several times as long for so few bytes.
    for (let copy = 0; copy < scale; copy++) data[--at] = shade
  }
  for (let copy = 1; copy < scale; copy++) {
    data.copyWithin(start + copy * stride, start, start + width * scale)
  }
}

/** Puts a raster into the middle of a larger one, whose rest has the shade of the raster's first pixel. */
export function placeInFrame(raster: Raster, frame: Pick<Raster, 'width' | 'height'>): Raster {
  return placeBlocks([raster], 'row', 0, frame)
}

/** The nearest of 256 grey levels to an intensity, which is clipped to 0…1; NaN becomes 0. */
export function toLevel(intensity: number): number {
  if (intensity >= 1) return 255
  return intensity > 0 ? (intensity * 255 + 0.5) | 0 : 0
}

/**
 * Puts blocks into the middle of a larger raster, one below another or side by side. The rest has the shade of the first
 * block's first pixel.
 *
 * @param gap pixels between two blocks
 */
export function placeBlocks(
  blocks: readonly Raster[],
  direction: 'row' | 'column',
  gap: number,
  frame: Pick<Raster, 'width' | 'height'>,
): Raster {
  const out = new Uint8Array(frame.width * frame.height).fill(blocks[0].data[0])
  const long = direction === 'row' ? 'width' : 'height'
  const length = blocks.reduce((sum, block) => sum + block[long], (blocks.length - 1) * gap)
  let along = (frame[long] - length) >> 1
  for (const { data, width, height } of blocks) {
    const left = direction === 'row' ? along : (frame.width - width) >> 1
    const top = direction === 'row' ? (frame.height - height) >> 1 : along
    for (let y = 0; y < height; y++) {
      out.set(data.subarray(y * width, (y + 1) * width), (top + y) * frame.width + left)
    }
    along += (direction === 'row' ? width : height) + gap
  }
  return { data: out, width: frame.width, height: frame.height }
}
