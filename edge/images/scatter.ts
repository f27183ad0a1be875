import type { Raster } from './sheet.ts'

/** Steps from the background to a colour: the edges of dots are smooth. */
const STEPS = 24
/** Samples along each side of a pixel, for the smooth edge of a dot. */
const SUBPIXELS = 4

/**
 * Coloured dots on a plane as a raster with a palette.
 *
 * @param points [n, 2], across and upwards
 * @param colourOf index of the colour of each point
 * @param colours as 0xRRGGBB, at most ten
 * @param background as 0xRRGGBB
 * @param radius pixels of a dot
 */
export function drawScatter(
  points: Float32Array,
  colourOf: ArrayLike<number>,
  colours: readonly number[],
  {
    width,
    height,
    background,
    radius,
  }: { width: number; height: number; background: number; radius: number },
): Raster {
  const data = new Uint8Array(width * height)
  const place = fitPlane(points, width, height, 4 * radius)
  for (let i = 0; i < points.length / 2; i++) {
    const [x, y] = place(points[2 * i], points[2 * i + 1])
    const first = 1 + (colourOf[i] % colours.length) * STEPS
    for (let v = Math.floor(y - radius); v <= y + radius; v++) {
      for (let u = Math.floor(x - radius); u <= x + radius; u++) {
        if (u < 0 || v < 0 || u >= width || v >= height) continue
        const covered = coverage(u - x, v - y, radius)
        if (covered > 0) data[v * width + u] = first + Math.ceil(covered * STEPS) - 1
      }
    }
  }
  return { data, width, height, palette: shades(colours, background) }
}

/** Maps the plane into the picture with equal scales; the outermost 0.2% of the points may lie outside. */
function fitPlane(points: Float32Array, width: number, height: number, margin: number) {
  const range = (k: 0 | 1): [number, number] => {
    const sorted = Float32Array.from({ length: points.length / 2 }, (_, i) => points[2 * i + k]).sort()
    const cut = Math.floor(sorted.length * 0.001)
    return [sorted[cut], sorted[sorted.length - 1 - cut]]
  }
  const [[left, right], [bottom, top]] = [range(0), range(1)]
  const scale = Math.min(
    (width - 2 * margin) / (right - left || 1),
    (height - 2 * margin) / (top - bottom || 1),
  )
  return (a: number, b: number): [number, number] => [
    width / 2 + (a - (left + right) / 2) * scale,
    height / 2 - (b - (bottom + top) / 2) * scale,
  ]
}

/** The share of a pixel that a dot covers. @param x,y of the pixel's corner from the dot's centre */
function coverage(x: number, y: number, radius: number): number {
  let inside = 0
  for (let v = 0; v < SUBPIXELS; v++) {
    for (let u = 0; u < SUBPIXELS; u++) {
      if (Math.hypot(x + (u + 0.5) / SUBPIXELS, y + (v + 0.5) / SUBPIXELS) <= radius) inside++
    }
  }
  return inside / SUBPIXELS ** 2
}

/** The background, and then each colour in steps away from it. */
function shades(colours: readonly number[], background: number): Uint8Array {
  const parts = (colour: number) => [colour >> 16, (colour >> 8) & 255, colour & 255]
  const ground = parts(background)
  return Uint8Array.from([
    ...ground,
    ...colours.flatMap(colour =>
      Array.from({ length: STEPS }, (_, step) =>
        parts(colour).map((level, k) => Math.round(ground[k] + ((level - ground[k]) * (step + 1)) / STEPS)),
      ).flat(),
    ),
  ])
}
