import { expect, test } from 'vitest'
import { createRng, normals } from '../../models/random.ts'
import { nearestSquared, type Vectors } from './distances.ts'
import { precisionRecall } from './precision-recall.ts'

const points = (...rows: number[][]): Vectors => ({
  data: Float32Array.from(rows.flat()),
  count: rows.length,
  dimensions: rows[0].length,
})
/** n points, `spacing` apart on a line from `start`. */
const onLine = (n: number, start: number, spacing = 1) =>
  points(...Array.from({ length: n }, (_, i) => [start + spacing * i, 0]))

test('nearestSquared gives the distances that a search in float64 gives, over more references than one block has', async () => {
  const d = 5
  const draw = (label: string, n: number): Vectors => ({
    data: normals(createRng(1, label), new Float32Array(n * d)),
    count: n,
    dimensions: d,
  })
  const [queries, references] = [draw('queries', 7), draw('references', 10_400)]
  const nearest = await nearestSquared(queries, references, 3)
  for (let q = 0; q < queries.count; q++) {
    const all = Array.from({ length: references.count }, (_, r) =>
      Array.from({ length: d }, (_, k) => (queries.data[q * d + k] - references.data[r * d + k]) ** 2).reduce(
        (a, b) => a + b,
      ),
    ).sort((a, b) => a - b)
    for (let k = 0; k < 3; k++) expect(nearest[q * 3 + k]).toBeCloseTo(all[k], 4)
  }
  await expect(nearestSquared(queries, references, 20_000)).rejects.toThrow('k: expected 1 to 10400')
})

test('a set of samples has precision and recall 1 against itself', async () => {
  expect(await precisionRecall(onLine(20, 0), onLine(20, 0))).toEqual({ precision: 1, recall: 1 })
})

test('sets far apart have precision and recall 0', async () => {
  expect(await precisionRecall(onLine(20, 0), onLine(20, 1000))).toEqual({ precision: 0, recall: 0 })
})

test('samples at half of the real points have precision 1, and recall that half and the points within its radii', async () => {
  // Ten real points near 0 and ten near 1000; the samples stand between those near 0.
  const real = points(...onLineRows(10, 0), ...onLineRows(10, 1000))
  const generated = onLine(20, 0.25, 0.45)
  expect(await precisionRecall(real, generated)).toEqual({ precision: 1, recall: 0.5 })
})

test('a radius is the distance to the third nearest other point', async () => {
  // From 9 on a line of spacing 1 the third nearest other point is 3 away, so the ball of 9 ends at 12.
  const generated = points([11.9, 0], [12.1, 0], [500, 0], [600, 0], [700, 0])
  const inside = await precisionRecall(onLine(10, 0), generated)
  expect(inside.precision).toBe(0.2)
  const wider = await precisionRecall(onLine(10, 0), generated, 4)
  expect(wider.precision).toBe(0.4)
})

function onLineRows(n: number, start: number): number[][] {
  return Array.from({ length: n }, (_, i) => [start + i, 0])
}
