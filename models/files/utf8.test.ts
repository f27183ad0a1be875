import fc from 'fast-check'
import { expect, test } from 'vitest'
import { decodeUtf8, encodeUtf8 } from './utf8.ts'

const STRINGS = fc.string({ unit: fc.nat(0xffff).map(code => String.fromCharCode(code)) })

test('encodeUtf8 gives the bytes of TextEncoder, lone surrogates included', () => {
  fc.assert(
    fc.property(STRINGS, text => {
      expect(Array.from(encodeUtf8(text))).toEqual(Array.from(new TextEncoder().encode(text)))
    }),
    { numRuns: 500 },
  )
})

test('decodeUtf8 gives the string of TextDecoder, and throws where it does', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 12 }), bytes => {
      let expected: string | undefined
      try {
        expected = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
      } catch {}
      if (expected === undefined) expect(() => decodeUtf8(bytes)).toThrow(URIError)
      else expect(decodeUtf8(bytes)).toBe(expected)
    }),
    { numRuns: 2000 },
  )
  expect(decodeUtf8(new TextEncoder().encode('größe 漢字 🙂'))).toBe('größe 漢字 🙂')
  const long = 'a%41b'.repeat(5000)
  expect(decodeUtf8(new TextEncoder().encode(long))).toBe(long)
  expect(decodeUtf8(new TextEncoder().encode(`${long}ß`))).toBe(`${long}ß`)
})
