import { expect, test } from 'vitest'
import { integers } from './protobuf-reader.ts'

/** Protocol Buffers' documentation has the bytes of 150; -2 is ten bytes, as its int64 is. */
test('integers reads a packed list', () => {
  const minusTwo = [0xfe, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01]
  expect(integers(Uint8Array.of(0x96, 0x01, ...minusTwo, 0x00))).toEqual([150, -2, 0])
})

test.each([
  [
    'of more than 10 bytes',
    new Uint8Array(11).fill(0x80),
    'expected a varint of at most 10 bytes before byte 10',
  ],
  ['that is cut short', Uint8Array.of(1, 0x80), 'expected a varint to go on at byte 2, got the end'],
])('integers refuses a number %s', (_, list, message) => {
  expect(() => integers(list)).toThrow(message)
})
