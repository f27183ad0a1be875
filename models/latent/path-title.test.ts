import { expect, test } from 'vitest'
import { parseEndpoint } from './endpoints.ts'
import { pathTitle } from './path-title.ts'

const digits = [...'0123456789']
const title = (...stops: string[]) =>
  pathTitle(
    stops.map(stop => parseEndpoint(stop)),
    digits,
  )

test('pathTitle names two classes with their articles, other ends as they are, and four corners', () => {
  expect(title('class:4', 'class:9')).toBe('A 4 on its way to a 9')
  expect(title('class:8', 'class:0')).toBe('An 8 on its way to a 0')
  expect(title('seed:3', 'class:7')).toBe('From seed 3 to 7')
  expect(title('class:0', 'class:7', 'class:1', 'class:3')).toBe('Between 0, 7, 1 and 3')
})
