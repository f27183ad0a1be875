import { expect, test } from 'vitest'
import { packMemory, unpackMemory } from './memory-snapshot.ts'

const PAGE = 4096

/** A memory of four pages: bytes at its start, in the third page, and zeros. */
function exampleMemory(): Uint8Array {
  const memory = new Uint8Array(4 * PAGE)
  memory.set([1, 2, 3])
  memory[3 * PAGE - 1] = 255
  return memory
}

test('a packed memory holds the pages that are not zero, and restores the bytes of the others too', () => {
  const packed = packMemory(exampleMemory())
  expect(packed.length).toBe(4 + 2 * 4 + 2 * PAGE)
  const memory = new Uint8Array(4 * PAGE).fill(7, 0, 3 * PAGE)
  unpackMemory(packed.buffer, memory)
  expect(memory).toEqual(exampleMemory())
})

test('a packed memory that is cut short, or larger than the memory, is refused', () => {
  const packed = packMemory(exampleMemory())
  const unpack = (bytes: Uint8Array, size: number) =>
    unpackMemory(new Uint8Array(bytes).buffer, new Uint8Array(size))
  for (const length of [0, 3, 8, packed.length - 1]) {
    expect(() => unpack(packed.subarray(0, length), 4 * PAGE)).toThrow(RangeError)
  }
  expect(() => unpack(packed, PAGE)).toThrow(RangeError)
})
