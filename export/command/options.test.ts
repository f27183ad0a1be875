import { expect, test } from 'vitest'
import { integer, number, numbers } from './options.ts'

test.each([
  [integer({ min: 1 }), '1', 1],
  [integer({ min: 0, max: 9 }), '9', 9],
  [number({ min: 0 }), '1e-3', 0.001],
  [number({ above: 0, max: 100 }), '100', 100],
  [number(), '-2.5', -2.5],
])('an option parser reads a number in range (case %#)', (read, text, value) => {
  expect(read(text)).toBe(value)
})

test.each([
  [integer({ min: 1 }), '0', 'Expected an integer of at least 1.'],
  [integer({ min: 1 }), '1.5', 'Expected an integer of at least 1.'],
  [integer({ min: 0, max: 9 }), '10', 'Expected an integer from 0 to 9.'],
  [integer({ min: 1 }), '1e300', 'Expected an integer of at least 1.'],
  [number({ min: 0 }), '', 'Expected a number of at least 0.'],
  [number({ min: 0 }), ' ', 'Expected a number of at least 0.'],
  [number({ above: 0, max: 100 }), '0', 'Expected a number above 0, at most 100.'],
  [number({ max: 3 }), '4', 'Expected a number at most 3.'],
  [number(), '0x10', 'Expected a number.'],
  [number(), '1e999', 'Expected a number.'],
])(
  'an option parser refuses a value outside its range, naming the range (case %#)',
  (read, text, message) => {
    expect(() => read(text)).toThrow(message)
  },
)

test('numbers reads a list of numbers and refuses any other list', () => {
  expect(numbers('5, -1e1')).toEqual([5, -10])
  for (const text of ['', '1,x', '1,,2']) {
    expect(() => numbers(text)).toThrow('Expected numbers with commas between them.')
  }
})
