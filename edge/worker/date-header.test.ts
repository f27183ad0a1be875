import { expect, test } from 'vitest'
import { dateHeader } from './date-header.ts'

test('the Date header follows the clock from second to second, also backwards', () => {
  let time = 0
  const date = dateHeader(() => time)
  const at = (milliseconds: number) => {
    time = milliseconds
    return date()
  }
  // The example of RFC 9110, 5.6.7.
  const example = Date.UTC(1994, 10, 6, 8, 49, 37)
  expect(at(0)).toBe('Thu, 01 Jan 1970 00:00:00 GMT')
  expect(at(example)).toBe('Sun, 06 Nov 1994 08:49:37 GMT')
  expect(at(example + 999)).toBe('Sun, 06 Nov 1994 08:49:37 GMT')
  expect(at(example + 1000)).toBe('Sun, 06 Nov 1994 08:49:38 GMT')
  expect(at(example - 1)).toBe('Sun, 06 Nov 1994 08:49:36 GMT')
})
