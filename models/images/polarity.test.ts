import { expect, test } from 'vitest'
import { detectPolarity, matchPolarity } from './polarity.ts'

/** 8×6 pixels with a ground and a spot of ink in the middle. */
function image(ground: number, ink: number) {
  const pixels = new Float32Array(48).fill(ground)
  for (const at of [18, 19, 20, 26, 27, 28]) pixels[at] = ink
  return { width: 8, height: 6, pixels }
}

test('detectPolarity goes by the ground along the edges', () => {
  expect(detectPolarity([image(0.02, 1), image(0, 0.6)])).toBe('light-on-dark')
  expect(detectPolarity([image(1, 0), image(0.95, 0.3)])).toBe('dark-on-light')
  expect(detectPolarity([image(0.5, 0)])).toBe('photograph')
  expect(detectPolarity([image(0, 1), image(1, 0)])).toBe('photograph')
  const row = { width: 8, height: 1, pixels: new Float32Array(8) }
  expect(detectPolarity([row, { ...row, width: 1, height: 8 }])).toBe('light-on-dark')
})

test('matchPolarity inverts an image with the other ground and no other', () => {
  const [dark, light] = [image(0, 1), image(1, 0)]
  expect(matchPolarity(light, 'light-on-dark').pixels).toEqual(dark.pixels)
  expect(matchPolarity(dark, 'dark-on-light').pixels).toEqual(light.pixels)
  expect(matchPolarity(dark, 'light-on-dark')).toBe(dark)
  expect(matchPolarity(light, 'dark-on-light')).toBe(light)
  expect(matchPolarity(light, 'photograph')).toBe(light)
})
