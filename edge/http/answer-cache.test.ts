import { expect, test } from 'vitest'
import { type Answer, answerCache, matchesTag } from './answer-cache.ts'

const answer = (length: number): Answer => ({ body: new Uint8Array(length), headers: {} })

test('keeps answers up to its capacity and forgets the least recently used', () => {
  const answers = answerCache(100_000)
  for (let i = 0; i < 10; i++) answers.set(`${i}`, answer(9000))
  expect(answers.get('0') === undefined).toBe(true)
  answers.get('1')
  answers.set('10', answer(9000))
  expect([answers.get('1'), answers.get('2')].map(Boolean)).toEqual([true, false])
})

test('does not let one large answer push out many, and counts a replaced one once', () => {
  const answers = answerCache(100_000)
  answers.set('small', answer(10))
  answers.set('large', answer(50_000))
  expect(answers.get('large') === undefined).toBe(true)
  for (let i = 0; i < 1000; i++) answers.set('same', answer(9000))
  expect(answers.get('small')).toBeDefined()
  answers.clear()
  expect(answers.get('small')).toBeUndefined()
})

test.each([
  [undefined, false],
  ['"a"', true],
  ['W/"a"', true],
  ['"b", W/"a" ', true],
  ['*', true],
  ['"b"', false],
  ['a', false],
])('If-None-Match: %s', (header, expected) => {
  expect(matchesTag(header, '"a"')).toBe(expected)
})
