import fc from 'fast-check'
import { expect, test } from 'vitest'
import { decodeSafetensors, encodeSafetensors, type Tensor } from './safetensors.ts'

/** A file put together by hand from the public description of the format. */
function file(header: unknown, data: number[] = [], length?: number): Uint8Array {
  const json = Buffer.from(typeof header === 'string' ? header : JSON.stringify(header))
  const size = Buffer.alloc(8)
  size.writeBigUInt64LE(BigInt(length ?? json.length))
  return Buffer.concat([size, json, Buffer.from(data)])
}

test('encodeSafetensors writes the bytes that the format describes', () => {
  const bytes = encodeSafetensors(
    {
      b: { dtype: 'U8', shape: [3], data: Uint8Array.of(1, 2, 3) },
      a: { dtype: 'F32', shape: [1, 2], data: Float32Array.of(1, -2) },
    },
    { step: '7', note: 'é' },
  )
  const json =
    '{"__metadata__":{"note":"\\u00e9","step":"7"},' +
    '"a":{"dtype":"F32","shape":[1,2],"data_offsets":[0,8]},"b":{"dtype":"U8","shape":[3],"data_offsets":[8,11]}}'
  const padded = json.padEnd(Math.ceil(json.length / 8) * 8)
  const data = [0x00, 0x00, 0x80, 0x3f, 0x00, 0x00, 0x00, 0xc0, 1, 2, 3]
  expect(Buffer.from(bytes)).toEqual(file(padded, data))
})

test('decodeSafetensors reads a file in another order, with names in UTF-8 and no padding, from unaligned memory', () => {
  const header = {
    'größe %': { dtype: 'U8', shape: [1], data_offsets: [0, 1] },
    __metadata__: { by: 'another writer' },
    half: { dtype: 'F16', shape: [], data_offsets: [1, 3] },
    empty: { dtype: 'F64', shape: [0, 4], data_offsets: [3, 3] },
    long: { dtype: 'I64', shape: [1], data_offsets: [3, 11] },
  }
  const whole = Buffer.concat([Buffer.alloc(1), file(header, [9, 0x00, 0x3c, 0xfe, ...Array(7).fill(0xff)])])
  expect(decodeSafetensors(whole.subarray(1))).toEqual({
    metadata: { by: 'another writer' },
    tensors: {
      'größe %': { dtype: 'U8', shape: [1], data: Uint8Array.of(9) },
      half: { dtype: 'F16', shape: [], data: Uint16Array.of(0x3c00) },
      empty: { dtype: 'F64', shape: [0, 4], data: new Float64Array() },
      long: { dtype: 'I64', shape: [1], data: BigInt64Array.of(-2n) },
    },
  })
})

const tensor: fc.Arbitrary<Tensor> = fc.array(fc.nat(3), { maxLength: 3 }).chain(shape => {
  const n = shape.reduce((a, b) => a * b, 1)
  const exactly = { minLength: n, maxLength: n }
  return fc.oneof(
    fc.float64Array(exactly).map(data => ({ dtype: 'F64' as const, shape, data })),
    fc.bigInt64Array(exactly).map(data => ({ dtype: 'I64' as const, shape, data })),
    fc.float32Array(exactly).map(data => ({ dtype: 'F32' as const, shape, data })),
    fc.uint16Array(exactly).map(data => ({ dtype: 'F16' as const, shape, data })),
    fc.uint8Array(exactly).map(data => ({ dtype: 'U8' as const, shape, data })),
  ) as fc.Arbitrary<Tensor>
})
const name = fc.string({ unit: 'grapheme' }).filter(s => s !== '__metadata__' && s !== '__proto__')

test('decodeSafetensors reads back what was written, whose bytes do not depend on the order of keys', () => {
  fc.assert(
    fc.property(fc.dictionary(name, tensor, { noNullPrototype: true }), tensors => {
      const bytes = encodeSafetensors(tensors)
      expect(decodeSafetensors(bytes).tensors).toEqual(tensors)
      const backwards = Object.fromEntries(Object.entries(tensors).reverse())
      expect(encodeSafetensors(backwards)).toEqual(bytes)
    }),
  )
})

test('encodeSafetensors starts each tensor at a multiple of its element size', () => {
  const bytes = encodeSafetensors({
    a: { dtype: 'U8', shape: [3], data: new Uint8Array(3) },
    b: { dtype: 'F32', shape: [1], data: new Float32Array(1) },
    c: { dtype: 'F64', shape: [1], data: new Float64Array(1) },
    d: { dtype: 'F16', shape: [1], data: new Uint16Array(1) },
  })
  const length = Number(new DataView(bytes.buffer).getBigUint64(0, true))
  expect(length % 8).toBe(0)
  const header = JSON.parse(Buffer.from(bytes.subarray(8, 8 + length)).toString())
  expect(Object.values(header).map(e => (e as { data_offsets: number[] }).data_offsets[0])).toEqual([
    0, 8, 12, 14,
  ])
})

const u8 = (from: number, to: number) => ({ dtype: 'U8', shape: [to - from], data_offsets: [from, to] })

test.each<[string, Uint8Array, string]>([
  ['too short for a length', Uint8Array.of(1, 0), 'expected at least 8 bytes, got 2'],
  ['cut in the header', file({}, [], 50), 'expected a header of 50 bytes, got a file of 10'],
  ['an absurd length', new Uint8Array(16).fill(0xff), 'expected a header of 18446744073709551615 bytes'],
  ['no JSON', file('{"a":'), 'header: expected JSON in UTF-8'],
  ['not UTF-8', file('{}').fill(0xff, 8), 'header: expected JSON in UTF-8'],
  ['no object', file('[1]'), 'header: expected an object, got [1]'],
  ['cut in the data', file({ a: u8(0, 4) }, [1, 2, 3]), 'expected 65 bytes, got 64'],
  ['data no tensor owns', file({ a: u8(0, 2) }, [1, 2, 3]), 'expected 63 bytes, got 64'],
  [
    'a gap',
    file({ a: u8(0, 2), b: u8(3, 4) }, [1, 2, 3, 4]),
    'b: expected U8 [1] at bytes 2 to 3, got 3 to 4',
  ],
  [
    'an overlap',
    file({ a: u8(0, 2), b: u8(1, 3) }, [1, 2, 3]),
    'b: expected U8 [2] at bytes 2 to 4, got 1 to 3',
  ],
  [
    'a shape of another size',
    file({ a: { dtype: 'F32', shape: [3], data_offsets: [0, 8] } }, Array(8).fill(0)),
    'a: expected F32 [3] at bytes 0 to 12, got 0 to 8',
  ],
  [
    'an unknown type',
    file({ a: { dtype: 'BF16', shape: [1], data_offsets: [0, 2] } }, [0, 0]),
    'a.dtype: expected one of F64, I64, F32, F16, U8, got "BF16"',
  ],
  [
    'a negative shape',
    file({ a: { dtype: 'U8', shape: [-1], data_offsets: [0, 0] } }),
    'a.shape.0: expected an integer from 0, got -1',
  ],
  ['metadata that is no text', file({ __metadata__: { a: 1 } }), '__metadata__.a: expected a string, got 1'],
])('decodeSafetensors refuses %s', (_, bytes, message) => {
  expect(() => decodeSafetensors(bytes)).toThrow(message)
})

test('encodeSafetensors refuses data that does not fill its shape', () => {
  const short: Tensor = { dtype: 'F32', shape: [2, 2], data: new Float32Array(3) }
  expect(() => encodeSafetensors({ w: short })).toThrow('w: expected 4 values for [2,2], got 3')
  expect(() => encodeSafetensors({ __metadata__: short })).toThrow('expected a tensor name')
})
