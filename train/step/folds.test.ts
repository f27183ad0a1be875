import fc from 'fast-check'
import { expect, test } from 'vitest'
import { fold, holdOut } from './folds.ts'

const ascending = (a: Uint32Array) => a.every((v, i) => i === 0 || a[i - 1] < v)

test.each([
  [60_000, 10, 54_000, 6_000],
  [1_565, 5, 1_252, 313],
])(
  'fold of %i images into %i gives %i training and %i validation images',
  (count, folds, train, validation) => {
    for (let index = 0; index < folds; index++) {
      const f = fold(count, folds, index, 1)
      expect([f.train.length, f.validation.length]).toEqual([train, validation])
    }
  },
)

test('folds partition the images, in ascending order, with sizes that differ by at most one', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 2, max: 300 }),
      fc.nat(),
      fc.nat({ max: 0xffffffff }),
      fc.constantFrom('shuffled' as const, 'contiguous' as const),
      (count, k, seed, order) => {
        const folds = 2 + (k % (count - 1))
        const times = new Array(count).fill(0)
        const sizes = new Set<number>()
        for (let index = 0; index < folds; index++) {
          const { train, validation } = fold(count, folds, index, seed, order)
          for (const i of validation) times[i]++
          sizes.add(validation.length)
          expect(ascending(train) && ascending(validation)).toBe(true)
          expect(new Set([...train, ...validation]).size).toBe(count)
          if (order === 'contiguous') expect(validation.at(-1)! - validation[0]).toBe(validation.length - 1)
        }
        expect(times.every(t => t === 1)).toBe(true)
        expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1)
      },
    ),
    { numRuns: 50 },
  )
})

test('the seed determines the folds, which are shuffled', () => {
  expect(fold(100, 5, 2, 7)).toEqual(fold(100, 5, 2, 7))
  expect(fold(100, 5, 2, 7)).not.toEqual(fold(100, 5, 2, 8))
  const { validation } = fold(100, 5, 2, 7)
  expect(validation.at(-1)! - validation[0]).toBeGreaterThan(20)
})

test('a hold-out partitions the images, and a contiguous one takes the last', () => {
  const { train, test } = holdOut(1965, 400, 0, 'shuffled')
  expect([train.length, test.length, new Set([...train, ...test]).size]).toEqual([1565, 400, 1965])
  expect(ascending(train) && ascending(test)).toBe(true)
  expect(holdOut(10, 3, 0, 'contiguous').test).toEqual(Uint32Array.of(7, 8, 9))
})

test.each([
  [100, 5, 5, 'index: expected an integer from 0 to 4, got 5'],
  [100, 5, -1, 'index: expected an integer from 0 to 4, got -1'],
  [100, 5, 1.5, 'index: expected an integer from 0 to 4, got 1.5'],
  [100, 101, 0, 'folds: expected an integer from 2 to 100, got 101'],
  [100, 1, 0, 'folds: expected an integer from 2 to 100, got 1'],
  [1, 2, 0, 'count: expected an integer from 2 to 4294967295, got 1'],
])('fold refuses count %s, folds %s, index %s: %s', (count, folds, index, message) => {
  expect(() => fold(count, folds, index, 0)).toThrow(message)
})
