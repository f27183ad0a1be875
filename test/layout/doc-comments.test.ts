import { expect, test } from 'vitest'
import { findUndocumented } from './doc-comments.ts'
import { parseSource } from './sources.ts'

const find = (text: string, file = 'a/b.ts') => findUndocumented(parseSource(file, text))

test('findUndocumented names each exported function, class, type and constant without a doc comment', () => {
  const text = `
/** What it is for. */
export function a() {}
// Not a doc comment.
export function b() {}
export class C {}
export type D = string
export const e = 1, f = 2
const inside = 3
`
  expect(find(text)).toEqual([
    'a/b.ts:5: export b has no doc comment',
    'a/b.ts:6: export C has no doc comment',
    'a/b.ts:7: export D has no doc comment',
    'a/b.ts:8: export e has no doc comment',
    'a/b.ts:8: export f has no doc comment',
  ])
})

test('findUndocumented takes one comment for a schema and the type of its name', () => {
  expect(
    find('/** A card. */\nconst Card = z.object({})\nexport type Card = z.infer<typeof Card>\n'),
  ).toEqual([])
})

test('findUndocumented does not take the comment of the statement before', () => {
  expect(find('/** For a. */\nconst a = 1\nexport const b = 2\n')).toHaveLength(1)
})

test('findUndocumented leaves out test files', () => {
  expect(find('export const a = 1\n', 'a/b.test.ts')).toEqual([])
})
