import { expect, test } from 'vitest'
import { decodeIdx, encodeIdx } from './idx.ts'

const bytes = Uint8Array.of(0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0, 3, 1, 2, 3, 4, 5, 6)

test('decodeIdx and encodeIdx read and write the published layout', () => {
  expect(decodeIdx(bytes, 'f', 3)).toEqual({ dims: [2, 1, 3], data: Uint8Array.of(1, 2, 3, 4, 5, 6) })
  expect(encodeIdx({ dims: [2, 1, 3], data: Uint8Array.of(1, 2, 3, 4, 5, 6) })).toEqual(bytes)
})

test('decodeIdx returns a Uint8Array and not a Buffer, so that slice() copies', () => {
  const { data } = decodeIdx(Buffer.from(bytes), 'f', 3)
  data.slice(0, 1)[0] = 99
  expect(data[0]).toBe(1)
})

test.each<[string, Uint8Array, number, string]>([
  ['an empty file', new Uint8Array(), 3, 'starting with 00 00 08 03, got an empty file'],
  [
    'labels for images',
    Uint8Array.of(0, 0, 8, 1, 0, 0, 0, 0),
    3,
    'idx3-ubyte (images) file starting with 00 00 08 03, got 00 00 08 01',
  ],
  ['floats', Uint8Array.of(0, 0, 13, 3), 3, 'got 00 00 0d 03'],
  ['a cut header', bytes.subarray(0, 10), 3, 'expected a header of 16 bytes, got a file of 10'],
  ['cut data', bytes.subarray(0, 20), 3, 'expected 22 bytes for dimensions 2 × 1 × 3, got 20'],
  ['bytes to spare', Uint8Array.of(...bytes, 7), 3, 'expected 22 bytes for dimensions 2 × 1 × 3, got 23'],
])('decodeIdx refuses %s', (_, file, rank, message) => {
  expect(() => decodeIdx(file, 'f', rank)).toThrow(message)
})
