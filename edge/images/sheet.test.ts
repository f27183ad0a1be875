import { expect, test } from 'vitest'
import { readChunks } from '../../models/images/png-chunks.ts'
import { encodeApng } from './apng.ts'
import { layOut, toLevel } from './sheet.ts'

test('layOut fills places without an image with background', () => {
  const sheet = layOut({ pixels: Float32Array.of(1, 0.5, -3), height: 1, width: 1 }, 2, 1, true)
  expect([sheet.width, sheet.height, ...sheet.data]).toEqual([2, 2, 0, 127, 255, 255])
  expect([Number.NaN, -1, 0, 0.5, 1, 9].map(toLevel)).toEqual([0, 0, 0, 128, 255, 255])
})

test('the chunks of an animation stand in the order of the standard, each with its checksum', () => {
  const frame = { data: new Uint8Array(4), width: 2, height: 2 }
  const chunks = [...readChunks(encodeApng([frame, frame], 50))]
  expect(chunks.map(({ type }) => type)).toEqual(['IHDR', 'acTL', 'fcTL', 'IDAT', 'fcTL', 'fdAT', 'IEND'])
  expect(chunks.every(({ intact }) => intact)).toBe(true)
})
