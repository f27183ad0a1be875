import { expect, test } from 'vitest'
import { fixed, short, tuple } from './print-number.ts'

test('numbers for people have a minus sign, the decimals asked for, and no negative zero', () => {
  expect([fixed(-1.5, 2), fixed(-0.001, 2), fixed(undefined, 2)]).toEqual(['−1.50', '0.00', '–'])
  expect([short(-0.5, 2), short(1, 2), short(-0.001, 2)]).toEqual(['−0.5', '1', '0'])
  expect(tuple([1, -0.5, 1 / 3])).toBe('(1, −0.5, 0.33)')
})
