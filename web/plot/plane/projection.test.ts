import { describe, expect, test } from 'vitest'
import type { Card } from '../../../models/card.ts'
import { createRng, normals } from '../../../models/random.ts'
import { fitFrame, fromCanvas, ticks, toX, toY } from './plane-frame.ts'
import { largestEigenvector, moveTo, project, projectGaussian, projectionOf } from './projection.ts'

const covariance = [
  [4, 1, 0],
  [1, 4, 0],
  [0, 0, 1],
]
const card = (latentDim: number) =>
  ({
    architecture: { latentDim },
    latent: { whole: { images: 1, mean: [1, 2, 3], covariance }, classes: [] },
  }) as unknown as Card

describe('the plane through latent space', () => {
  test('the plane spans the principal directions of a covariance known in closed form', () => {
    const { value, vector } = largestEigenvector(covariance)
    expect(value).toBeCloseTo(5, 9)
    vector.forEach((v, i) => {
      expect(v).toBeCloseTo([Math.SQRT1_2, Math.SQRT1_2, 0][i], 6)
    })
    const [first, second] = projectionOf('principal', card(3)).directions
    expect(first[0] * second[0] + first[1] * second[1] + first[2] * second[2]).toBeCloseTo(0, 9)
    expect(Math.abs(second[0])).toBeCloseTo(Math.SQRT1_2, 6)
  })

  test('moving a point on the plane keeps its components off the plane', () => {
    for (const axes of ['principal', '2,0']) {
      const projection = projectionOf(axes, card(3))
      const z = Float32Array.of(0.3, -2, 1.5)
      const moved = moveTo(projection, z, 0.7, -1.1)
      const [u, v] = project(projection, moved)
      expect([u, v]).toEqual([expect.closeTo(0.7, 5), expect.closeTo(-1.1, 5)])
      const [a, b] = projection.directions
      const off = [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]]
      const along = (p: Float32Array) => p.reduce((sum, value, k) => sum + value * off[k], 0)
      expect(along(moved)).toBeCloseTo(along(z), 5)
    }
  })

  test('the projection of a Gaussian has the covariance of projected draws', () => {
    const projection = projectionOf('principal', card(3))
    const prior = { mean: [5, 10, -1], variance: [1, 4, 0.25] }
    const n = 40_000
    const draws = normals(createRng(1, 'draws'), new Float32Array(n * 3)).map(
      (e, i) => prior.mean[i % 3] + Math.sqrt(prior.variance[i % 3]) * e,
    )
    const places = project(projection, draws)
    const mean = [0, 1].map(axis => places.reduce((sum, v, i) => (i % 2 === axis ? sum + v : sum), 0) / n)
    const moment = (p: number, q: number) => {
      let sum = 0
      for (let i = 0; i < n; i++) sum += (places[i * 2 + p] - mean[p]) * (places[i * 2 + q] - mean[q])
      return sum / n
    }
    const marginal = projectGaussian(projection, prior)
    expect(marginal.mean).toEqual([expect.closeTo(mean[0], 1), expect.closeTo(mean[1], 1)])
    const expected = [moment(0, 0), moment(0, 1), moment(1, 1)]
    marginal.covariance.forEach((value, i) => {
      expect(value).toBeCloseTo(expected[i], 1)
    })
  })

  test('the plane falls back to the first two dimensions for axes that do not exist', () => {
    for (const axes of ['7,1', '1,1', 'x', '0,1,2']) {
      expect(projectionOf(axes, card(3)).directions).toEqual([
        [1, 0, 0],
        [0, 1, 0],
      ])
    }
    expect(projectionOf('principal', card(1)).directions).toEqual([[1], [0]])
    expect(projectionOf('', card(3))).toEqual(projectionOf('principal', card(3)))
    expect(projectionOf('', card(2)).directions).toEqual([
      [1, 0],
      [0, 1],
    ])
  })
})

describe('the frame', () => {
  test('a frame maps coordinates to the canvas and back', () => {
    const frame = { centre: [2, -1] as [number, number], half: 5, left: 34, top: 50, side: 400 }
    const [u, v] = fromCanvas(frame, toX(frame, 3.25), toY(frame, -4.5))
    expect([u, v]).toEqual([expect.closeTo(3.25, 9), expect.closeTo(-4.5, 9)])
    expect(fromCanvas(frame, -1000, -1000)).toEqual([-3, 4])
  })

  test('a frame contains nearly all points and the prior, and ignores a single outlier', () => {
    const points = normals(createRng(2), new Float32Array(20_000))
    points[0] = 1e6
    const { centre, half } = fitFrame(points, undefined)
    expect(half).toBeLessThan(5)
    expect(Math.abs(centre[0])).toBeLessThan(0.5)
    expect(fitFrame(new Float32Array(), { mean: [10, 0], covariance: [1, 0, 1] })).toEqual({
      centre: [10, 0],
      half: expect.closeTo(3.2 * 1.04, 9),
    })
  })

  test('a frame’s ticks are round numbers', () => {
    expect(ticks(-3.3, 3.3)).toEqual([-2, 0, 2])
    expect(ticks(0.11, 0.19).map(v => Number(v.toFixed(6)))).toEqual([0.12, 0.14, 0.16, 0.18])
  })
})
