import { expect, test } from 'vitest'
import { findLongFunctions } from './long-functions.ts'
import { parseSource } from './sources.ts'

const find = (text: string) => findLongFunctions(parseSource('a/b.ts', text), 3)

test('findLongFunctions counts the lines from the signature to the closing brace', () => {
  expect(find('function a() {\n  b()\n}\n')).toEqual([])
  expect(find('\nfunction a() {\n  b()\n  c()\n}\n')).toEqual([
    'a/b.ts:2: a function of 4 lines; expected at most 3: split it along its concepts',
  ])
})

test('findLongFunctions finds methods and functions within functions', () => {
  expect(
    find('const a = {\n  b() {\n    return () => {\n      c()\n      d()\n    }\n  },\n}\n'),
  ).toHaveLength(2)
})

test('findLongFunctions leaves out functions that define tests', () => {
  for (const call of ['test("a", f)', 'test.each(all)("%s", f)', 'describe.skipIf(no)("a", f)']) {
    expect(find(`function suite() {\n  const a = 1\n  ${call}\n  ${call}\n}\n`)).toEqual([])
  }
})
