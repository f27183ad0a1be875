import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parseImage, printImage } from './image-code.ts'

describe('an image in an address', () => {
  test.each([
    ['drawing', /^ink:[\w-]*$/, 15],
    ['picture', /^grey:[\w-]*$/, 255],
  ] as const)(
    'a %s is decoded to the levels it was rounded to, and needs no escapes',
    (kind, form, levels) => {
      fc.assert(
        fc.property(
          fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 1, maxLength: 40 }),
          pixels => {
            const text = printImage(pixels, kind)
            const back = parseImage(text, pixels.length)!
            const furthest = Math.max(...pixels.map((v, i) => Math.abs(v - back[i])))
            expect(furthest).toBeLessThanOrEqual(0.5 / levels + 1e-6)
            expect(printImage(back, kind)).toBe(text)
            expect(text).toMatch(form)
          },
        ),
      )
    },
  )

  test('a large picture is given 16 levels, so that its address is one that servers take', () => {
    expect(printImage(new Float32Array(4096), 'picture').length).toBeLessThan(5500)
    expect(printImage(new Float32Array(4097), 'picture')).toMatch(/^ink:/)
  })

  test('an address with an image of another size, or without an image, is refused', () => {
    for (const kind of ['drawing', 'picture'] as const) {
      const text = printImage(new Float32Array(784), kind)
      expect(parseImage(text, 560)).toBeUndefined()
      for (const bad of ['', 'test:5', 'ink:', 'grey:', 'ink:***', text.slice(0, -1), text.slice(5)]) {
        expect(parseImage(bad, 784)).toBeUndefined()
      }
    }
  })
})
