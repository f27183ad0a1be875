import { expect, test } from 'vitest'
import { type CompleteReply, replyCache } from './reply-cache.ts'

const reply = (length: number): CompleteReply => ({ status: 200, body: new Uint8Array(length), headers: {} })

test('a reply cache keeps up to its capacity and drops the least recently used', () => {
  const replies = replyCache(100_000)
  for (let i = 0; i < 10; i++) replies.set(`${i}`, reply(9000))
  expect(replies.get('0') === undefined).toBe(true)
  replies.get('1')
  replies.set('10', reply(9000))
  expect([replies.get('1'), replies.get('2')].map(Boolean)).toEqual([true, false])
})

test('a reply cache does not let one large reply displace many, and counts a replaced one once', () => {
  const replies = replyCache(100_000)
  replies.set('small', reply(10))
  replies.set('large', reply(50_000))
  expect(replies.get('large') === undefined).toBe(true)
  for (let i = 0; i < 1000; i++) replies.set('same', reply(9000))
  expect(replies.get('small')).toBeDefined()
  replies.clear()
  expect(replies.get('small')).toBeUndefined()
})
