import { deflateRawSync, deflateSync } from 'node:zlib'
import { decode, encode } from 'fast-png'
import { describe, expect, test } from 'vitest'
import { concatBytes } from '../files/bytes.ts'
import { luma } from './grey.ts'
import { decodePng, PngOverflowError, readPngHeader } from './png.ts'
import { PNG_SIGNATURE, uint32, writeChunk } from './png-chunks.ts'

const [WIDTH, HEIGHT] = [13, 11]

/** A PNG written from samples by the text of the standard, unfiltered: `sample(x, y, channel)` from 0 to 2^depth - 1. */
function write(
  options: { colour: number; depth: number; interlaced?: boolean; before?: Uint8Array[]; after?: Uint8Array },
  sample: (x: number, y: number, channel: number) => number,
): Uint8Array {
  const { colour, depth, interlaced = false, before = [], after = new Uint8Array() } = options
  const channels = [1, 0, 3, 1, 2, 0, 4][colour]
  const starts = interlaced
    ? ['0 0 8 8', '4 0 8 8', '0 4 4 8', '2 0 4 4', '0 2 2 4', '1 0 2 2', '0 1 1 2']
    : ['0 0 1 1']
  let rows = ''
  for (const [x0, y0, dx, dy] of starts.map(text => text.split(' ').map(Number))) {
    for (let y = y0; y < HEIGHT; y += dy) {
      let row = ''
      for (let x = x0; x < WIDTH; x += dx) {
        for (let c = 0; c < channels; c++) row += sample(x, y, c).toString(2).padStart(depth, '0')
      }
      if (row !== '') rows += `00000000${row.padEnd(Math.ceil(row.length / 8) * 8, '0')}`
    }
  }
  const bytes = Uint8Array.from(rows.match(/.{8}/g) ?? [], bits => Number.parseInt(bits, 2))
  const header = Uint8Array.of(depth, colour, 0, 0, Number(interlaced))
  return concatBytes([
    PNG_SIGNATURE,
    writeChunk('IHDR', uint32(WIDTH, HEIGHT), header),
    ...before,
    writeChunk('IDAT', deflateSync(bytes), after),
    writeChunk('IEND'),
  ])
}

const PAIRS = [
  ...[1, 2, 4, 8, 16].map(depth => ({ colour: 0, depth })),
  ...[8, 16].map(depth => ({ colour: 2, depth })),
  ...[1, 2, 4, 8].map(depth => ({ colour: 3, depth })),
  ...[8, 16].map(depth => ({ colour: 4, depth })),
  ...[8, 16].map(depth => ({ colour: 6, depth })),
]
const value = (depth: number) => (x: number, y: number, c: number) => (x * 37 + y * 11 + c * 5) % 2 ** depth
const uint16 = (...values: number[]) => Uint8Array.from(values.flatMap(v => [v >> 8, v & 255]))
/** A palette of 2^depth colours. */
const paletteOf = (depth: number) => Uint8Array.from({ length: 3 * 2 ** depth }, (_, i) => (i * 89 + 7) % 256)

describe.each(PAIRS)('PNG of colour type $colour with $depth bits', ({ colour, depth }) => {
  const top = 2 ** depth - 1
  const before = colour === 3 ? [writeChunk('PLTE', paletteOf(depth))] : []
  const sample = value(depth)
  const expected = (x: number, y: number, background: number): number => {
    const at = (c: number) => sample(x, y, c)
    if (colour === 3) {
      const [r, g, b] = paletteOf(depth).subarray(3 * at(0), 3 * at(0) + 3)
      return luma(r, g, b) / 255
    }
    const light = colour === 0 || colour === 4 ? at(0) : luma(at(0), at(1), at(2))
    const alpha = colour === 4 ? at(1) / top : colour === 6 ? at(3) / top : 1
    return (light / top) * alpha + background * (1 - alpha)
  }
  test.each([false, true])('decodePng gives the grey of its samples, interlaced: %s', interlaced => {
    const png = write({ colour, depth, interlaced, before }, sample)
    for (const background of [0, 1] as const) {
      const { width, height, pixels } = decodePng(png, background)
      expect([width, height]).toEqual([WIDTH, HEIGHT])
      for (let y = 0; y < HEIGHT; y++) {
        for (let x = 0; x < WIDTH; x++) {
          expect(pixels[y * WIDTH + x]).toBeCloseTo(expected(x, y, background), 6)
        }
      }
    }
  })
})

test('tRNS makes one grey, one colour or palette entries transparent', () => {
  const at = (png: Uint8Array, background: 0 | 1) => decodePng(png, background).pixels[5 * WIDTH + 5]
  const cases = [
    write({ colour: 0, depth: 4, before: [writeChunk('tRNS', uint16(9))] }, () => 9),
    write({ colour: 0, depth: 16, before: [writeChunk('tRNS', uint16(0x1234))] }, () => 0x1234),
    write({ colour: 2, depth: 8, before: [writeChunk('tRNS', uint16(1, 2, 3))] }, (_, __, c) => c + 1),
    write(
      {
        colour: 3,
        depth: 2,
        before: [writeChunk('PLTE', paletteOf(2)), writeChunk('tRNS', Uint8Array.of(255, 0))],
      },
      () => 1,
    ),
  ]
  for (const png of cases) expect([at(png, 0), at(png, 1)]).toEqual([0, 1])
  const other = write({ colour: 0, depth: 8, before: [writeChunk('tRNS', uint16(9))] }, () => 10)
  expect(at(other, 1)).toBeCloseTo(10 / 255, 6)
})

test('decodePng undoes each filter as fast-png does', () => {
  const data = Uint8Array.from({ length: 64 * 64 * 3 }, (_, i) => (i * i * 7 + (i >> 5) * 13) % 256)
  const png = encode({ width: 64, height: 64, channels: 3, data })
  const rgb = decode(png).data
  const { pixels } = decodePng(new Uint8Array(png))
  for (let i = 0; i < pixels.length; i++) {
    expect(pixels[i]).toBeCloseTo(luma(rgb[3 * i], rgb[3 * i + 1], rgb[3 * i + 2]) / 255, 6)
  }
  // Rows written by hand, each with another filter; the expected values follow from the standard's formulas.
  const rows = [
    [0, 10, 20, 30],
    [1, 5, 1, 1],
    [2, 1, 2, 3],
    [3, 10, 10, 10],
    [4, 1, 1, 1],
  ]
  const filtered = concatBytes([
    PNG_SIGNATURE,
    writeChunk('IHDR', uint32(3, 5), Uint8Array.of(8, 0, 0, 0, 0)),
    writeChunk('IDAT', deflateSync(Uint8Array.from(rows.flat()))),
    writeChunk('IEND'),
  ])
  const levels = Array.from(decodePng(filtered).pixels, v => Math.round(v * 255))
  expect(levels).toEqual([10, 20, 30, 5, 6, 7, 6, 8, 10, 13, 20, 25, 14, 21, 26])
})

test('decodePng ignores bytes after IEND and after the compressed data', () => {
  const plain = write({ colour: 0, depth: 8 }, value(8))
  for (const tail of ['\n', 'more']) {
    expect(decodePng(concatBytes([plain, Buffer.from(tail)]))).toEqual(decodePng(plain))
  }
  for (const after of [Buffer.from('tail'), Buffer.alloc(9000, 7)]) {
    expect(decodePng(write({ colour: 0, depth: 8, after }, value(8)))).toEqual(decodePng(plain))
  }
})

test('decodePng refuses a file that is not a whole PNG', () => {
  const plain = write({ colour: 0, depth: 8 }, value(8))
  const flipped = (at: number) => plain.map((byte, i) => (i === at ? byte ^ 1 : byte))
  for (let length = 0; length < plain.length; length++) {
    expect(() => decodePng(plain.subarray(0, length))).toThrow(RangeError)
  }
  for (const at of [0, 17, 24, 29, 45, plain.length - 20])
    expect(() => decodePng(flipped(at))).toThrow(RangeError)
  const header = (...rest: number[]) =>
    concatBytes([PNG_SIGNATURE, writeChunk('IHDR', uint32(1, 1), Uint8Array.from(rest)), writeChunk('IEND')])
  for (const wrong of [
    [3, 0, 0, 0, 0],
    [8, 1, 0, 0, 0],
    [4, 2, 0, 0, 0],
    [8, 0, 1, 0, 0],
    [8, 0, 0, 0, 2],
  ]) {
    expect(() => readPngHeader(header(...wrong))).toThrow(RangeError)
  }
  expect(() => decodePng(write({ colour: 3, depth: 8 }, value(8)))).toThrow('PLTE')
  const short = [writeChunk('PLTE', Uint8Array.of(1, 2, 3))]
  expect(() => decodePng(write({ colour: 3, depth: 8, before: short }, value(8)))).toThrow('colour')
})

test('decodePng refuses data of more than the header’s size before it is unpacked', () => {
  const zeros = Buffer.alloc(64 * 2 ** 20)
  const bomb = concatBytes([
    PNG_SIGNATURE,
    writeChunk('IHDR', uint32(8, 8), Uint8Array.of(8, 0, 0, 0, 0)),
    writeChunk('IDAT', Uint8Array.of(0x78, 0x9c), deflateRawSync(zeros)),
    writeChunk('IEND'),
  ])
  expect(() => decodePng(bomb)).toThrow(PngOverflowError)
})
