import { expect, test } from 'vitest'
import { decodeNpy } from './npy-reader.ts'

/** A file of NumPy's format 2.0, whose header has a length of four bytes, with the numbers 1, 2, 3. */
function file(header: string): Uint8Array {
  const bytes = new Uint8Array(12 + header.length + 3)
  bytes.set([0x93, ...new TextEncoder().encode('NUMPY'), 2, 0])
  new DataView(bytes.buffer).setUint32(8, header.length, true)
  bytes.set(new TextEncoder().encode(header), 12)
  bytes.set([1, 2, 3], 12 + header.length)
  return bytes
}
const HEADER = "{'descr': '|u1', 'fortran_order': False, 'shape': (3,), }"

test('decodeNpy reads a header of 300,000 bytes', () => {
  const array = decodeNpy(file(HEADER.padEnd(300_000)), 'long.npy')
  expect(array).toEqual({ shape: [3], type: 'u1', values: Uint8Array.of(1, 2, 3) })
})

test('decodeNpy names a file that is cut short, wherever it is', () => {
  const whole = file(HEADER)
  for (let length = 0; length < whole.length; length++) {
    expect(() => decodeNpy(whole.subarray(0, length), 'cut.npy')).toThrow(/^cut\.npy: expected .*, got /)
  }
})
