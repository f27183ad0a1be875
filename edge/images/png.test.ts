import { encode } from 'fast-png'
import { expect, test } from 'vitest'
import { encodeApng, readChunks } from './apng.ts'
import { decodePng, resize } from './png.ts'
import { layOut, toLevel } from './sheet.ts'

const png = (options: Parameters<typeof encode>[0]) => new Uint8Array(encode(options))

test('reads every colour type as the grey its formula gives', async () => {
  const grey = async (bytes: Uint8Array, invert = false) =>
    Array.from((await decodePng(bytes, invert, 'body')).values, value => Math.round(value * 1000) / 1000)
  const size = { width: 2, height: 1 }
  expect(await grey(png({ ...size, channels: 1, data: Uint8Array.of(0, 51) }))).toEqual([0, 0.2])
  expect(await grey(png({ ...size, channels: 1, data: Uint8Array.of(0, 51) }), true)).toEqual([1, 0.8])
  expect(await grey(png({ ...size, channels: 2, data: Uint8Array.of(255, 51, 255, 255) }))).toEqual([0.2, 1])
  expect(await grey(png({ ...size, channels: 2, data: Uint8Array.of(0, 51, 0, 255) }), true)).toEqual([
    0.2, 1,
  ])
  const rgb = Uint8Array.of(255, 0, 0, 0, 255, 0)
  expect(await grey(png({ ...size, channels: 3, data: rgb }))).toEqual([0.299, 0.587])
  const deep = Uint16Array.of(65_535, 13_107)
  expect(await grey(png({ ...size, channels: 1, depth: 16, data: deep }))).toEqual([1, 0.2])
  const bits = {
    width: 9,
    height: 2,
    channels: 1,
    depth: 1 as const,
    data: Uint8Array.of(0b10100000, 0x80, 0, 0),
  }
  expect((await grey(png(bits))).slice(0, 10)).toEqual([1, 0, 1, 0, 0, 0, 0, 0, 1, 0])
  const palette = [
    [255, 255, 255],
    [0, 0, 255],
  ]
  const indexed = png({ ...size, channels: 1, depth: 8, palette, data: Uint8Array.of(0, 1) })
  expect(await grey(indexed)).toEqual([1, 0.114])
})

test('resizing keeps the mean, whatever the sizes', () => {
  const values = Float32Array.from({ length: 30 * 30 }, (_, i) => (i * 7919) % 256)
  const mean = (list: Float32Array) => list.reduce((sum, value) => sum + value, 0) / list.length
  for (const side of [7, 15, 28, 30, 64]) {
    const resized = resize({ values, height: 30, width: 30 }, side, side)
    expect(Math.abs(mean(resized) / mean(values) - 1)).toBeLessThan(1e-4)
  }
})

test('a narrow image is fitted in the middle', () => {
  const out = resize({ values: new Float32Array(8).fill(1), height: 4, width: 2 }, 4, 4)
  expect(Array.from(out.subarray(0, 4))).toEqual([0, 1, 1, 0])
})

test('a sheet fills places left over with background', () => {
  const sheet = layOut({ pixels: Float32Array.of(1, 0.5, -3), height: 1, width: 1 }, 2, 1, true)
  expect([sheet.width, sheet.height, ...sheet.data]).toEqual([2, 2, 0, 127, 255, 255])
  expect([Number.NaN, -1, 0, 0.5, 1, 9].map(toLevel)).toEqual([0, 0, 0, 128, 255, 255])
})

test('the chunks of an animation stand in the order the standard asks for', () => {
  const frame = { data: new Uint8Array(4), width: 2, height: 2 }
  const types = readChunks(encodeApng([frame, frame], 50)).map(({ type }) => type)
  expect(types).toEqual(['IHDR', 'acTL', 'fcTL', 'IDAT', 'fcTL', 'fdAT', 'IEND'])
})
