import type { Box, GreyImage } from '../../../models/images/grey.ts'

/** A connected component of an image. */
export interface Component {
  /** Indices of its pixels, row by row. */
  pixels: number[]
  box: Box
  /** Whether it reaches the picture's border. */
  atBorder: boolean
}

/** The connected components of the pixels for which `inside` holds; pixels that touch at a corner are connected. */
export function components(
  { width, height }: Pick<GreyImage, 'width' | 'height'>,
  inside: (pixel: number) => boolean,
): Component[] {
  const seen = new Uint8Array(width * height)
  const found: Component[] = []
  for (let start = 0; start < seen.length; start++) {
    if (seen[start] || !inside(start)) continue
    const pixels = [start]
    seen[start] = 1
    for (let i = 0; i < pixels.length; i++) {
      for (const next of neighbours(pixels[i], width, height)) {
        if (seen[next] || !inside(next)) continue
        seen[next] = 1
        pixels.push(next)
      }
    }
    found.push(describe(pixels, width, height))
  }
  return found
}

function* neighbours(pixel: number, width: number, height: number): Generator<number> {
  const [x, y] = [pixel % width, Math.floor(pixel / width)]
  for (let row = Math.max(0, y - 1); row <= Math.min(height - 1, y + 1); row++) {
    for (let column = Math.max(0, x - 1); column <= Math.min(width - 1, x + 1); column++) {
      if (row !== y || column !== x) yield row * width + column
    }
  }
}

function describe(pixels: number[], width: number, height: number): Component {
  let [left, top, right, bottom] = [width, height, 0, 0]
  for (const pixel of pixels) {
    const [x, y] = [pixel % width, Math.floor(pixel / width)]
    left = Math.min(left, x)
    right = Math.max(right, x)
    top = Math.min(top, y)
    bottom = Math.max(bottom, y)
  }
  return {
    pixels,
    box: { left, top, width: right - left + 1, height: bottom - top + 1 },
    atBorder: left === 0 || top === 0 || right === width - 1 || bottom === height - 1,
  }
}
