import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parseImage, printImage } from './image-code.ts'

describe('an image in an address', () => {
  test('an image in an address is decoded to the 16 levels it was rounded to, and needs no escapes', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 1, maxLength: 40 }),
        pixels => {
          const text = printImage(pixels)
          const back = parseImage(text, pixels.length)!
          expect(Math.max(...pixels.map((v, i) => Math.abs(v - back[i])))).toBeLessThanOrEqual(1 / 30 + 1e-6)
          expect(printImage(back)).toBe(text)
          expect(text).toMatch(/^ink:[\w-]*$/)
        },
      ),
    )
  })

  test('an address with an image of another size, or without an image, is refused', () => {
    const text = printImage(new Float32Array(784))
    expect(parseImage(text, 560)).toBeUndefined()
    for (const bad of ['', 'test:5', 'ink:', 'ink:***', text.slice(0, -1), text.slice(4)]) {
      expect(parseImage(bad, 784)).toBeUndefined()
    }
  })
})
