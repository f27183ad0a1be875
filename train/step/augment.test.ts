import { expect, test } from 'vitest'
import { augment } from './augment.ts'

const size = { height: 5, width: 7 }
/** Two images whose pixels are all different. */
const pixels = Uint8Array.from({ length: 70 }, (_, i) => (i * 37) % 251)
/** Gives the numbers in turn. */
const given = (...numbers: number[]) => {
  let next = 0
  return () => numbers[next++]
}

test('augment without shift and rotation gives the images as they are', () => {
  expect(augment(pixels, size, { shift: 0, rotation: 0 }, Math.random)).toEqual(pixels)
})

test('augment shifts each image by its own numbers, with zeros from beyond the edge', () => {
  // (2u − 1)·2 is 1 for u = 3/4 and −2 for u = 0: the first goes down by 1, the second left by 2.
  const moved = augment(pixels, size, { shift: 2, rotation: 0 }, given(0.75, 0.5, 0.5, 0.5, 0, 0.5))
  for (let row = 0; row < 5; row++) {
    for (let column = 0; column < 7; column++) {
      expect(moved[row * 7 + column]).toBe(row === 0 ? 0 : pixels[(row - 1) * 7 + column])
      expect(moved[35 + row * 7 + column]).toBe(column > 4 ? 0 : pixels[35 + row * 7 + column + 2])
    }
  }
})

test('augment shifts by half a pixel by the mean of two pixels', () => {
  const moved = augment(
    Uint8Array.of(0, 100, 50),
    { height: 1, width: 3 },
    { shift: 1, rotation: 0 },
    given(0.5, 0.75, 0.5),
  )
  expect([...moved]).toEqual([0, 50, 75])
})

test('augment rotates about the centre: a quarter turn of a square image is exact', () => {
  const square = Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8, 9)
  // (2u − 1)·90° is 90° for u = 1.
  const turned = augment(square, { height: 3, width: 3 }, { shift: 0, rotation: 90 }, given(0.5, 0.5, 1))
  expect([...turned]).toEqual([7, 4, 1, 8, 5, 2, 9, 6, 3])
})
