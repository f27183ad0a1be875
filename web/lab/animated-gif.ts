import { type ImageSize, inkLevels } from '../plot/picture.ts'
import { save } from './download.ts'

/** Pixels of the GIF for each pixel of the image, and milliseconds a frame. */
const SCALE = 6
const DELAY = 80

/**
 * Saves images as a GIF that repeats forwards and backwards without end, in 256 greys.
 *
 * @param xhat [n, D_x] in 0…1
 */
export async function saveGif(xhat: Float32Array, size: ImageSize, name: string): Promise<void> {
  const { GIFEncoder } = await import('gifenc')
  const area = size.width * size.height
  const n = xhat.length / area
  const palette = Array.from({ length: 256 }, (_, level) => [level, level, level])
  const gif = GIFEncoder()
  const order = [...Array(n).keys()]
  for (const i of [...order, ...order.slice(1, -1).reverse()]) {
    const frame = enlarge(inkLevels(xhat.subarray(i * area, (i + 1) * area), size), size, SCALE)
    gif.writeFrame(frame, size.width * SCALE, size.height * SCALE, { palette, delay: DELAY })
  }
  gif.finish()
  save(new Blob([gif.bytes() as Uint8Array<ArrayBuffer>], { type: 'image/gif' }), name)
}

function enlarge(levels: Uint8Array, { width, height }: ImageSize, scale: number): Uint8Array {
  const out = new Uint8Array(levels.length * scale * scale)
  for (let y = 0; y < height * scale; y++) {
    for (let x = 0; x < width * scale; x++) {
      out[y * width * scale + x] = levels[Math.floor(y / scale) * width + Math.floor(x / scale)]
    }
  }
  return out
}
