import { describe, expect, test } from 'vitest'
import { nearestClasses } from './classes.ts'

describe('nearestClasses', () => {
  test('nearestClasses counts the labels of the nearest points, as sorting all of them does', () => {
    const images = 200
    const mu = Float32Array.from({ length: images * 3 }, (_, i) => Math.sin(i * 1.7) * 2)
    const labels = Uint8Array.from({ length: images }, (_, i) => (i * i) % 5)
    const z = Float32Array.of(0.2, -0.4, 1)
    const order = [...Array(images).keys()].sort((a, b) => distance(a) - distance(b)).slice(0, 20)
    function distance(i: number): number {
      return (mu[i * 3] - z[0]) ** 2 + (mu[i * 3 + 1] - z[1]) ** 2 + (mu[i * 3 + 2] - z[2]) ** 2
    }
    const found = nearestClasses({ mu, label: labels, images }, z, 20)
    expect(found.reduce((sum, { count }) => sum + count, 0)).toBe(20)
    for (const { index, count } of found) {
      expect(count).toBe(order.filter(i => labels[i] === index).length)
    }
    expect(found.map(({ count }) => count)).toEqual(found.map(({ count }) => count).toSorted((a, b) => b - a))
  })
})
