import { expect, test } from 'vitest'
import { murmur3Pair } from './entity-tag.ts'

test.each([
  ['', 0, 0],
  ['', 1, 0x514e28b7],
  ['', 0xffffffff, 0x81f16f39],
  ['test', 0x9747b28c, 0x704b81dc],
  ['Hello, world!', 0x9747b28c, 0x24884cba],
  ['The quick brown fox jumps over the lazy dog', 0x9747b28c, 0x2fa826cd],
  ['aaa', 0x9747b28c, 0x283e0130],
  ['aa', 0x9747b28c, 0x5d211726],
  ['a', 0x9747b28c, 0x7fa09ea6],
])('murmur3 of %j with seed %i is the published value', (text, seed, expected) => {
  const bytes = new TextEncoder().encode(text)
  expect(murmur3Pair(bytes, seed, 5)[0]).toBe(expected)
  expect(murmur3Pair(bytes, 5, seed)[1]).toBe(expected)
})
