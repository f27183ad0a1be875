import { convertIndexedToRgb, type DecodedPng, decode } from 'fast-png'
import { wrongValue } from '../http/problem.ts'
import { LIMITS } from '../limits.ts'
import { concatenate, readChunks } from './apng.ts'

/** A grey image of any size: intensities 0…1, row-major. */
export interface Grey {
  values: Float32Array
  height: number
  width: number
}

const SIGNATURE = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]

/** What an untrusted picture may consist of; text, profiles and animation are dropped unread. */
const KEPT = new Set(['IHDR', 'PLTE', 'tRNS', 'IDAT', 'IEND'])

const CHANNELS: Record<number, number> = { 0: 1, 2: 3, 3: 1, 4: 2, 6: 4 }

/**
 * Decodes a PNG of any colour type and depth to grey, after checking its size and that its data unpacks to that size
 * and no more. Transparent places show the paper behind: white where `invert` says that the ink is dark, else black.
 *
 * @param invert turns dark ink on white paper into the light ink on black the models know
 * @throws Problem invalid-body or too-large, naming `field`
 */
export async function decodePng(bytes: Uint8Array, invert: boolean, field: string): Promise<Grey> {
  if (!SIGNATURE.every((byte, i) => bytes[i] === byte)) {
    throw wrongValue(
      'body',
      field,
      'a PNG image',
      `${bytes.length} bytes that begin otherwise`,
      'invalid-body',
    )
  }
  try {
    const chunks = readChunks(bytes).filter(chunk => KEPT.has(chunk.type))
    const header = chunks[0]
    if (header?.type !== 'IHDR' || header.data.length !== 13)
      throw new RangeError('IHDR is not its first chunk')
    await checkSize(
      header.data,
      chunks.filter(chunk => chunk.type === 'IDAT').map(chunk => chunk.data),
      field,
    )
    return toGrey(decode(withoutExtras(bytes)), invert)
  } catch (error) {
    if (error instanceof Error && 'faults' in error) throw error
    throw wrongValue('body', field, 'a PNG image', 'one that cannot be decoded', 'invalid-body')
  }
}

/** The PNG with only the chunks that make the picture, bytes unchanged. */
function withoutExtras(png: Uint8Array): Uint8Array {
  const view = new DataView(png.buffer, png.byteOffset, png.byteLength)
  const pieces = [png.subarray(0, 8)]
  for (let at = 8; at < png.length; ) {
    const end = at + 12 + view.getUint32(at)
    if (KEPT.has(String.fromCharCode(...png.subarray(at + 4, at + 8)))) pieces.push(png.subarray(at, end))
    at = end
  }
  return concatenate(pieces)
}

async function checkSize(header: Uint8Array, data: readonly Uint8Array[], field: string): Promise<void> {
  const view = new DataView(header.buffer, header.byteOffset)
  const [width, height] = [view.getUint32(0), view.getUint32(4)]
  const [depth, colour] = [header[8], header[9]]
  const side = LIMITS.pngSide
  if (width < 1 || height < 1 || width > side || height > side) {
    throw wrongValue(
      'body',
      field,
      `a PNG of at most ${side}×${side} pixels`,
      `${width}×${height}`,
      'too-large',
    )
  }
  const row = Math.ceil((width * depth * (CHANNELS[colour] ?? 4)) / 8)
  // Interlaced rows come in seven passes, each padded to whole bytes and with a filter byte of its own.
  const most = height * (row + 1) + 7 * (height + row)
  let unpacked = 0
  const stream = new Blob(data as Uint8Array<ArrayBuffer>[])
    .stream()
    .pipeThrough(new DecompressionStream('deflate'))
  const reader = stream.getReader()
  for (let part = await reader.read(); !part.done; part = await reader.read()) {
    unpacked += part.value.length
    if (unpacked > most) {
      await reader.cancel().catch(() => {})
      throw wrongValue('body', field, `at most ${most} bytes of pixels`, 'more', 'too-large')
    }
  }
}

function toGrey(decoded: DecodedPng, invert: boolean): Grey {
  const png = decoded.palette ? indexed(decoded) : decoded
  const { width, height, channels } = png
  const depth = png.depth === 16 ? 16 : 8
  const top = 2 ** depth - 1
  const values = new Float32Array(width * height)
  const paper = invert ? 1 : 0
  const levels = png.depth < 8 ? unpack(png) : png.data
  const coloured = channels >= 3
  const opaque = channels === 1 || channels === 3
  for (let i = 0; i < values.length; i++) {
    const at = i * channels
    const light = coloured ? 0.299 * levels[at] + 0.587 * levels[at + 1] + 0.114 * levels[at + 2] : levels[at]
    const alpha = opaque ? 1 : levels[at + channels - 1] / top
    const value = (light / top) * alpha + paper * (1 - alpha)
    values[i] = invert ? 1 - value : value
  }
  return { values, height, width }
}

function indexed(png: DecodedPng): DecodedPng {
  const data = convertIndexedToRgb(png)
  const channels = data.length / (png.width * png.height)
  return { ...png, data, channels, depth: 8, palette: undefined }
}

/** Grey of 1, 2 or 4 bits, rows padded to bytes, as one byte a pixel from 0 to 255. */
function unpack(png: DecodedPng): Uint8Array {
  const { width, height, depth, data } = png
  const row = Math.ceil((width * depth) / 8)
  const top = 2 ** depth - 1
  const levels = new Uint8Array(width * height)
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const bit = x * depth
      const value = (data[y * row + (bit >> 3)] >> (8 - depth - (bit & 7))) & top
      levels[y * width + x] = Math.round((value * 255) / top)
    }
  }
  return levels
}

/**
 * Resizes an image to fit a height and width without distortion, centred, the rest 0: each pixel the mean of the area
 * it covers, which neither rings nor skips strokes.
 */
export function resize(image: Grey, height: number, width: number): Float32Array {
  if (image.height === height && image.width === width) return image.values
  const scale = Math.min(height / image.height, width / image.width)
  const rows = cover(image.height, Math.max(1, Math.round(image.height * scale)))
  const columns = cover(image.width, Math.max(1, Math.round(image.width * scale)))
  const top = (height - rows.length) >> 1
  const left = (width - columns.length) >> 1
  const out = new Float32Array(height * width)
  rows.forEach((row, y) => {
    columns.forEach((column, x) => {
      let sum = 0
      for (const [sy, share] of row) {
        for (const [sx, part] of column) sum += share * part * image.values[sy * image.width + sx]
      }
      out[(top + y) * width + left + x] = sum
    })
  })
  return out
}

/** For each of `to` equal stretches of a line of `from` pixels, the pixels it covers with their shares, summing to 1. */
function cover(from: number, to: number): [number, number][][] {
  const length = from / to
  return Array.from({ length: to }, (_, i) => {
    const [start, end] = [i * length, (i + 1) * length]
    const shares: [number, number][] = []
    for (let k = Math.floor(start); k < Math.min(from, Math.ceil(end - 1e-9)); k++) {
      shares.push([k, (Math.min(end, k + 1) - Math.max(start, k)) / length])
    }
    return shares
  })
}
