import fc from 'fast-check'
import { expect, test } from 'vitest'
import { symmetricEigenvalues } from './symmetric-eigenvalues.ts'

test('the eigenvalues of a 2×2 matrix are (trace ± √(trace² − 4·determinant))/2', () => {
  fc.assert(
    fc.property(numbers(3), ([a, b, c]) => {
      const root = Math.sqrt((a - c) ** 2 + 4 * b * b)
      const [low, high] = symmetricEigenvalues([
        [a, b],
        [b, c],
      ])
      expect(low).toBeCloseTo((a + c - root) / 2, 9)
      expect(high).toBeCloseTo((a + c + root) / 2, 9)
    }),
  )
})

test('the second difference matrix has the eigenvalues 2 − 2·cos(kπ/(n + 1))', () => {
  const n = 40
  const matrix = Array.from({ length: n }, (_, i) =>
    Array.from({ length: n }, (_, j) => (i === j ? 2 : Math.abs(i - j) === 1 ? -1 : 0)),
  )
  symmetricEigenvalues(matrix).forEach((value, k) => {
    expect(value).toBeCloseTo(2 - 2 * Math.cos(((k + 1) * Math.PI) / (n + 1)), 11)
  })
})

test('the eigenvalues’ sum is the trace, the sum of their squares that of the squared elements', () => {
  fc.assert(
    fc.property(numbers(36), values => {
      const matrix = Array.from({ length: 6 }, (_, i) =>
        Array.from({ length: 6 }, (_, j) => values[6 * Math.max(i, j) + Math.min(i, j)]),
      )
      const found = symmetricEigenvalues(matrix)
      const total = (list: number[]) => list.reduce((a, b) => a + b, 0)
      expect(total(found)).toBeCloseTo(total(matrix.map((row, i) => row[i])), 8)
      expect(total(found.map(x => x * x))).toBeCloseTo(total(matrix.flat().map(x => x * x)), 6)
    }),
  )
})

test('a matrix with an element that is not finite is refused', () => {
  expect(() => symmetricEigenvalues([[Number.NaN]])).toThrow('expected finite numbers')
})

function numbers(count: number) {
  return fc.array(fc.double({ min: -10, max: 10, noNaN: true }), { minLength: count, maxLength: count })
}
