import { convertIndexedToRgb, type DecodedPng, decode } from 'fast-png'

/** A grey image: `luma` is [height, width], row-major, 0 … 255. */
export interface Grey {
  width: number
  height: number
  luma: Uint8Array
}

/** Rec. 601 weights of red, green and blue. */
const LUMA = [0.299, 0.587, 0.114]

/**
 * Reads a PNG of any colour type and depth as 8-bit grey: colours by Rec. 601 luma, 16 bits scaled to 8, transparent
 * pixels over black.
 *
 * @param name what errors call the file
 * @throws Error when the bytes are not a whole PNG
 */
export function readGrey(bytes: Uint8Array, name: string): Grey {
  try {
    const png = decode(bytes, { checkCrc: true })
    const { width, height } = png
    const samples = png.palette ? convertIndexedToRgb(png) : unpacked(png)
    const channels = samples.length / (width * height)
    const max = png.palette ? 255 : 2 ** png.depth - 1
    const luma = new Uint8Array(width * height)
    for (let i = 0; i < luma.length; i++) luma[i] = Math.round((255 / max) * grey(samples, i, channels, max))
    return { width, height, luma }
  } catch (cause) {
    throw new Error(`${name}: expected a PNG image, got ${(cause as Error).message}`, { cause })
  }
}

function grey(samples: ArrayLike<number>, pixel: number, channels: number, max: number): number {
  const at = pixel * channels
  const value =
    channels < 3 ? samples[at] : LUMA.reduce((sum, weight, k) => sum + weight * samples[at + k], 0)
  const alpha = channels % 2 === 0 ? samples[at + channels - 1] / max : 1
  return value * alpha
}

/** One sample an entry; rows of fewer than 8 bits a sample come packed, each row to a whole byte. */
function unpacked({ data, width, height, channels, depth }: DecodedPng): ArrayLike<number> {
  const row = Math.ceil((width * channels * Math.min(depth, 8)) / 8)
  if (data.length !== row * height) throw new Error(`${data.length} of ${row * height} bytes`)
  if (depth >= 8) return data
  const mask = 2 ** depth - 1
  return Uint8Array.from({ length: width * height }, (_, i) => {
    const bit = (i % width) * depth
    const byte = data[Math.floor(i / width) * row + (bit >> 3)]
    return (byte >> (8 - depth - (bit & 7))) & mask
  })
}
