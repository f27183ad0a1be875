import { expect, test } from 'vitest'
import { indices } from './parse-options.ts'

test('indices are numbers and ranges, each number once', () => {
  expect(indices('0-2, 7,2')).toEqual([0, 1, 2, 7])
})

test.each(['', 'x', '3-1', '1-', '0-4000000000', '0-10000'])('indices given "%s" are refused', text => {
  expect(() => indices(text)).toThrow('Expected numbers, and ranges of at most 10000 numbers')
})
