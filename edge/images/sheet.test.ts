import { expect, test } from 'vitest'
import { readChunks } from '../../models/images/png-chunks.ts'
import { encodeApng } from './apng.ts'
import { layOut, toLevel } from './sheet.ts'

test('layOut fills places without an image with background', () => {
  const sheet = layOut({ pixels: Float32Array.of(1, 0.5, -3), height: 1, width: 1 }, 2, 1, true)
  expect([sheet.width, sheet.height, ...sheet.data]).toEqual([2, 2, 0, 127, 255, 255])
  expect([Number.NaN, -1, 0, 0.5, 1, 9].map(toLevel)).toEqual([0, 0, 0, 128, 255, 255])
})

test.each([
  [1, false],
  [2, false],
  [3, true],
])('layOut puts each pixel at its place, %d times as large, inverted: %s', (scale, invert) => {
  const [n, height, width, columns] = [5, 2, 3, 2]
  const pixels = Float32Array.from({ length: n * height * width }, (_, i) => i / (n * height * width))
  const sheet = layOut({ pixels, height, width }, columns, scale, invert)
  expect([sheet.width, sheet.height]).toEqual([columns * width * scale, 3 * height * scale])
  sheet.data.forEach((shade, i) => {
    const [x, y] = [i % sheet.width, Math.floor(i / sheet.width)].map(at => Math.floor(at / scale))
    const image = Math.floor(y / height) * columns + Math.floor(x / width)
    const pixel = image * height * width + (y % height) * width + (x % width)
    const level = image < n ? Math.round(pixels[pixel] * 255) : 0
    expect(shade, `pixel ${x}, ${y}`).toBe(invert ? 255 - level : level)
  })
})

test('the chunks of an animation stand in the order of the standard, each with its checksum', () => {
  const frame = { data: new Uint8Array(4), width: 2, height: 2 }
  const chunks = [...readChunks(encodeApng([frame, frame], 50))]
  expect(chunks.map(({ type }) => type)).toEqual(['IHDR', 'acTL', 'fcTL', 'IDAT', 'fcTL', 'fdAT', 'IEND'])
  expect(chunks.every(({ intact }) => intact)).toBe(true)
})
