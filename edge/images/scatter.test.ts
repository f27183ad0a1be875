import { expect, test } from 'vitest'
import { drawScatter } from './scatter.ts'

const SIZE = { width: 60, height: 40, background: 0x102030, radius: 2 }

test('drawScatter puts dots where points are, upwards, in their colours, with equal scales', () => {
  const points = Float32Array.of(0, 0, 10, 0, 0, 5)
  const { data, palette, width } = drawScatter(points, [0, 1, 2], [0xff0000, 0x00ff00, 0x0000ff], SIZE)
  const colourAt = (x: number, y: number) => [
    ...palette!.slice(3 * data[y * width + x], 3 * data[y * width + x] + 3),
  ]
  // 10 units are 44 pixels: the margin is four radii on each side.
  expect(colourAt(8, 31)).toEqual([255, 0, 0])
  expect(colourAt(51, 31)).toEqual([0, 255, 0])
  expect(colourAt(8, 9)).toEqual([0, 0, 255])
  expect(colourAt(30, 20)).toEqual([0x10, 0x20, 0x30])
})

test('drawScatter draws one point, and none outside the picture', () => {
  const one = drawScatter(Float32Array.of(3, 3), [0], [0xffffff], SIZE)
  expect(one.data[20 * 60 + 30]).toBeGreaterThan(0)
  const many = Float32Array.from({ length: 4000 }, (_, i) => (i < 2 ? 1e6 : Math.sin(i)))
  expect(drawScatter(many, new Uint8Array(2000), [0xffffff], SIZE).data.length).toBe(2400)
})
