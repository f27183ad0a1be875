import { expect, test } from 'vitest'
import { pointsInside } from './polygon.ts'

test('pointsInside gives the points of a square and of a shape with a dent', () => {
  const points = Float32Array.of(0.5, 0.5, 1.5, 0.5, -0.1, 0.5, 0.5, 0.9)
  expect(pointsInside(points, [0, 0, 1, 0, 1, 1, 0, 1])).toEqual([0, 3])
  // The same square with its upper side pulled down to the middle.
  expect(pointsInside(points, [0, 0, 1, 0, 1, 1, 0.5, 0.6, 0, 1])).toEqual([0])
})

test('pointsInside gives half of a circle of points for a half-plane', () => {
  const points = Float32Array.from({ length: 200 }, (_, i) =>
    i % 2 === 0 ? Math.cos(((i + 1) / 200) * 2 * Math.PI) : Math.sin((i / 200) * 2 * Math.PI),
  )
  expect(pointsInside(points, [-2, 0, 2, 0, 2, 2, -2, 2])).toHaveLength(50)
})

test('pointsInside gives nothing for fewer than three corners', () => {
  expect(pointsInside(Float32Array.of(0, 0), [])).toEqual([])
  expect(pointsInside(Float32Array.of(0.5, 0.5), [0, 0, 1, 1])).toEqual([])
})
