import { Z_FINISH, ZStream, zlibInflate, zlibInflateInit } from 'pako'
import { concatBytes } from '../files/bytes.ts'
import { type GreyImage, luma } from './grey.ts'
import { readOrientation, turnUpright } from './orientation.ts'
import { type Chunk, isPng, readChunks } from './png-chunks.ts'

/** The content of IHDR (PNG third edition, 11.2.1). */
export interface PngHeader {
  width: number
  height: number
  /** Bits a sample: 1, 2, 4, 8 or 16. */
  depth: number
  /** 0 grey, 2 RGB, 3 palette, 4 grey and alpha, 6 RGB and alpha. */
  colour: number
  /** Whether rows are stored in the seven passes of Adam7. */
  interlaced: boolean
}

/** Samples a pixel, by colour type. */
const CHANNELS: Readonly<Record<number, number>> = { 0: 1, 2: 3, 3: 1, 4: 2, 6: 4 }
const DEPTHS: Readonly<Record<number, readonly number[]>> = {
  0: [1, 2, 4, 8, 16],
  2: [8, 16],
  3: [1, 2, 4, 8],
  4: [8, 16],
  6: [8, 16],
}

/** Start and step of each pass's columns and rows (8.1). */
const ADAM7 = [
  { x: 0, y: 0, dx: 8, dy: 8 },
  { x: 4, y: 0, dx: 8, dy: 8 },
  { x: 0, y: 4, dx: 4, dy: 8 },
  { x: 2, y: 0, dx: 4, dy: 4 },
  { x: 0, y: 2, dx: 2, dy: 4 },
  { x: 1, y: 0, dx: 2, dy: 2 },
  { x: 0, y: 1, dx: 1, dy: 2 },
]
const WHOLE = [{ x: 0, y: 0, dx: 1, dy: 1 }]

/** Thrown when data unpacks to more bytes than the header states. */
export class PngOverflowError extends RangeError {}

/**
 * Reads the header of a PNG and nothing more, so that sizes can be limited before decoding.
 *
 * @throws RangeError when it is not a PNG, or the header violates the standard
 */
export function readPngHeader(bytes: Uint8Array): PngHeader {
  if (!isPng(bytes)) throw new RangeError('it does not begin as a PNG')
  const { value } = readChunks(bytes).next()
  const first = value as Chunk
  if (first.type !== 'IHDR' || first.data.length !== 13 || !first.intact) {
    throw new RangeError('it does not begin with an intact IHDR')
  }
  const view = new DataView(first.data.buffer, first.data.byteOffset, first.data.byteLength)
  const [width, height] = [view.getUint32(0), view.getUint32(4)]
  const [depth, colour, compression, filter, interlace] = first.data.subarray(8)
  if (width < 1 || height < 1) throw new RangeError(`its size is ${width}×${height}`)
  if (!DEPTHS[colour]?.includes(depth)) throw new RangeError(`colour type ${colour} with ${depth} bits`)
  if (compression !== 0 || filter !== 0 || interlace > 1) throw new RangeError('an unknown method')
  return { width, height, depth, colour, interlaced: interlace === 1 }
}

/**
 * Decodes a PNG of any colour type, depth and interlacing to grey: colours by luma, transparent pixels (alpha or tRNS)
 * over `background`, turned as eXIf says. Other ancillary chunks (text, profiles, gamma, animation) are ignored, and so are
 * bytes after IEND and after the compressed data. Work is bounded by the size in the header.
 *
 * @param background the intensity behind transparent pixels: 0 black, 1 white
 * @throws PngOverflowError when the data unpacks to more than the header's size
 * @throws RangeError for anything else that is not a complete PNG
 */
export function decodePng(bytes: Uint8Array, background: 0 | 1 = 0): GreyImage {
  const header = readPngHeader(bytes)
  const data: Uint8Array[] = []
  let palette: Uint8Array | undefined
  let transparency: Uint8Array | undefined
  let orientation = 1
  for (const chunk of readChunks(bytes)) {
    if (chunk.type === 'eXIf' && chunk.intact) orientation = readOrientation(chunk.data)
    if (!['PLTE', 'tRNS', 'IDAT', 'IEND'].includes(chunk.type)) continue
    if (!chunk.intact) throw new RangeError(`${chunk.type}: its checksum is wrong`)
    if (chunk.type === 'IDAT') data.push(chunk.data)
    else if (chunk.type === 'PLTE') palette = chunk.data
    else if (chunk.type === 'tRNS') transparency = chunk.data
  }
  if (data.length === 0) throw new RangeError('it has no IDAT')
  if (header.colour === 3 && !palette) throw new RangeError('it has no PLTE')
  const rows = inflate(concatBytes(data), unpackedSize(header))
  const toGrey = greyOf(header, palette, transparency, background)
  const { width, height } = header
  return turnUpright({ width, height, pixels: readPasses(header, rows, toGrey) }, orientation)
}

function bytesPerRow({ depth, colour }: PngHeader, width: number): number {
  return Math.ceil((width * depth * CHANNELS[colour]) / 8)
}

/** Columns and rows of each pass that is not empty. */
function passesOf({ width, height, interlaced }: PngHeader) {
  return (interlaced ? ADAM7 : WHOLE)
    .map(pass => ({
      ...pass,
      width: Math.ceil((width - pass.x) / pass.dx),
      height: Math.ceil((height - pass.y) / pass.dy),
    }))
    .filter(pass => pass.width > 0 && pass.height > 0)
}

/** Bytes of all rows of all passes, each with its filter byte. */
function unpackedSize(header: PngHeader): number {
  return passesOf(header).reduce((sum, p) => sum + p.height * (1 + bytesPerRow(header, p.width)), 0)
}

/**
 * Unpacks a zlib stream of exactly `size` bytes; what follows the stream is ignored.
 *
 * pako and not fflate, whose tables have 32,768 entries for every block: 2 MB of blocks without content take it 6 s.
 */
function inflate(zlib: Uint8Array, size: number): Uint8Array {
  const stream = new ZStream()
  zlibInflateInit(stream)
  stream.input = zlib
  stream.avail_in = zlib.length
  // One byte more than expected, to notice excess data.
  stream.output = new Uint8Array(size + 1)
  stream.avail_out = stream.output.length
  // The returned status is ignored: once all rows are there, an error can only concern what follows them.
  zlibInflate(stream, Z_FINISH)
  const length = stream.next_out
  if (length > size) throw new PngOverflowError(`more than ${size} bytes of pixels`)
  if (length < size) {
    throw new RangeError(stream.msg ? 'its data cannot be unpacked' : `${length} of ${size} bytes of pixels`)
  }
  return stream.output.subarray(0, size)
}

/** Intensities of all passes, [height, width]. */
function readPasses(header: PngHeader, rows: Uint8Array, toGrey: (samples: Samples) => number) {
  const { width, height, depth, colour } = header
  const pixels = new Float32Array(width * height)
  const channels = CHANNELS[colour]
  const samples: Samples = new Uint16Array(4)
  const step = Math.max(1, (depth * channels) >> 3)
  let at = 0
  for (const pass of passesOf(header)) {
    const length = bytesPerRow(header, pass.width)
    let before: Uint8Array = new Uint8Array(length)
    for (let y = 0; y < pass.height; y++) {
      const row = rows.subarray(at + 1, at + 1 + length)
      unfilter(rows[at], row, before, step)
      let to = (pass.y + y * pass.dy) * width + pass.x
      for (let x = 0; x < pass.width; x++, to += pass.dx) {
        for (let c = 0; c < channels; c++) samples[c] = sampleAt(row, x * channels + c, depth)
        pixels[to] = toGrey(samples)
      }
      before = row
      at += length + 1
    }
  }
  return pixels
}

/** Undoes a row's filter in place (9.2). `step` is the distance to the byte that stands for the pixel on the left. */
function unfilter(filter: number, row: Uint8Array, above: Uint8Array, step: number): void {
  if (filter > 4) throw new RangeError(`filter ${filter}`)
  for (let i = 0; i < row.length; i++) {
    const a = i < step ? 0 : row[i - step]
    const b = above[i]
    if (filter === 1) row[i] += a
    else if (filter === 2) row[i] += b
    else if (filter === 3) row[i] += (a + b) >> 1
    else if (filter === 4) row[i] += paeth(a, b, i < step ? 0 : above[i - step])
  }
}

function paeth(a: number, b: number, c: number): number {
  const [pa, pb, pc] = [Math.abs(b - c), Math.abs(a - c), Math.abs(a + b - 2 * c)]
  return pa <= pb && pa <= pc ? a : pb <= pc ? b : c
}

function sampleAt(row: Uint8Array, index: number, depth: number): number {
  if (depth === 8) return row[index]
  if (depth === 16) return (row[2 * index] << 8) | row[2 * index + 1]
  const bit = index * depth
  return (row[bit >> 3] >> (8 - depth - (bit & 7))) & (2 ** depth - 1)
}

/** One pixel's samples, as they are stored. */
type Samples = Uint16Array

/** The function that converts a pixel's samples to an intensity. */
function greyOf(
  { colour, depth }: PngHeader,
  palette: Uint8Array | undefined,
  transparency: Uint8Array | undefined,
  background: number,
): (samples: Samples) => number {
  const top = 2 ** depth - 1
  const over = (value: number, alpha: number) => value * alpha + background * (1 - alpha)
  if (colour === 3) {
    const levels = paletteLevels(palette ?? new Uint8Array(), transparency, over)
    return samples => {
      if (samples[0] < levels.length) return levels[samples[0]]
      throw new RangeError(`colour ${samples[0]} of ${levels.length}`)
    }
  }
  if (colour === 4) return s => over(s[0] / top, s[1] / top)
  if (colour === 6) return s => over(luma(s[0], s[1], s[2]) / top, s[3] / top)
  // For grey and RGB, tRNS holds the one transparent colour, two bytes per sample (11.3.1.1).
  const size = colour === 0 ? 2 : 6
  if (transparency && transparency.length !== size)
    throw new RangeError(`tRNS has ${transparency.length} bytes`)
  const key = transparency && Array.from({ length: size / 2 }, (_, i) => sampleAt(transparency, i, 16) & top)
  if (colour === 0) return s => (s[0] === key?.[0] ? background : s[0] / top)
  return s => {
    const keyed = key !== undefined && s[0] === key[0] && s[1] === key[1] && s[2] === key[2]
    return keyed ? background : luma(s[0], s[1], s[2]) / top
  }
}

/** Intensity of each palette entry. */
function paletteLevels(
  palette: Uint8Array,
  transparency: Uint8Array | undefined,
  over: (value: number, alpha: number) => number,
): number[] {
  if (palette.length % 3 !== 0) throw new RangeError(`PLTE has ${palette.length} bytes`)
  return Array.from({ length: palette.length / 3 }, (_, i) => {
    const [r, g, b] = palette.subarray(3 * i, 3 * i + 3)
    return over(luma(r, g, b) / 255, (transparency?.[i] ?? 255) / 255)
  })
}
