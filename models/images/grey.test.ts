import { expect, test } from 'vitest'
import { fitCentred, resampleArea } from './grey.ts'

test('resampleArea keeps the mean, whatever the sizes', () => {
  const pixels = Float32Array.from({ length: 30 * 30 }, (_, i) => (i * 7919) % 256)
  const mean = (list: Float32Array) => list.reduce((sum, value) => sum + value, 0) / list.length
  for (const side of [7, 15, 28, 30, 64]) {
    const resized = resampleArea({ width: 30, height: 30, pixels }, side, side)
    expect(Math.abs(mean(resized.pixels) / mean(pixels) - 1)).toBeLessThan(1e-4)
  }
})

test('resampleArea of a part takes nothing from outside it', () => {
  const pixels = Float32Array.from({ length: 16 }, (_, i) => (i % 4 < 2 ? 1 : 0))
  const box = { left: 0, top: 1, width: 2, height: 2 }
  const { pixels: part } = resampleArea({ width: 4, height: 4, pixels }, 3, 1, box)
  for (const value of part) expect(value).toBeCloseTo(1, 6)
})

test('fitCentred puts a narrow image in the middle', () => {
  const out = fitCentred({ pixels: new Float32Array(8).fill(1), height: 4, width: 2 }, 4, 4)
  expect(Array.from(out.subarray(0, 4))).toEqual([0, 1, 1, 0])
})
