import { decodeUtf8 } from '../files/utf8.ts'

/**
 * Reads the Protocol Buffers wire format. A field's value is a number for fixed-width types, a bigint for varints, and
 * a view of the bytes for strings, nested messages and packed lists.
 */
export interface Field {
  number: number
  value: bigint | number | Uint8Array
}

/**
 * The fields of one message, in order.
 *
 * @throws SyntaxError when the bytes end within a field or hold a wire type that no schema in use has
 */
export function* readFields(bytes: Uint8Array): Generator<Field> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  let at = 0
  const take = (size: number): number => {
    const from = at
    if (size > bytes.length - at) {
      throw new SyntaxError(`expected ${size} more bytes at byte ${at} of a message of ${bytes.length}`)
    }
    at += size
    return from
  }
  const varint = (): bigint => {
    const { value, end } = readVarint(bytes, at)
    at = end
    return value
  }
  while (at < bytes.length) {
    const tag = Number(varint())
    const number = Math.floor(tag / 8)
    const type = tag % 8
    if (type === 0) yield { number, value: varint() }
    else if (type === 1) yield { number, value: view.getFloat64(take(8), true) }
    else if (type === 5) yield { number, value: view.getFloat32(take(4), true) }
    else if (type === 2) {
      const size = Number(varint())
      const from = take(size)
      yield { number, value: bytes.subarray(from, from + size) }
    } else throw new SyntaxError(`expected wire type 0, 1, 2 or 5 at byte ${at}, got ${type}`)
  }
}

/** The varint at a byte, from 0 to 2⁶⁴ − 1, and the byte after it. */
function readVarint(bytes: Uint8Array, at: number): { value: bigint; end: number } {
  let value = 0n
  for (let i = 0; i < 10; i++) {
    const byte = bytes[at + i]
    if (byte === undefined) throw new SyntaxError(`expected a varint to go on at byte ${at + i}, got the end`)
    value |= BigInt(byte & 0x7f) << BigInt(7 * i)
    if (byte < 0x80) return { value: BigInt.asUintN(64, value), end: at + i + 1 }
  }
  throw new SyntaxError(`expected a varint of at most 10 bytes before byte ${at + 10}`)
}

/** A varint as a signed safe integer. */
export function signed(value: Field['value']): number {
  if (typeof value !== 'bigint') throw new SyntaxError('expected a varint, got another wire type')
  return Number(BigInt.asIntN(64, value))
}

/** A length-delimited field's bytes. */
export function delimited(value: Field['value']): Uint8Array {
  if (!(value instanceof Uint8Array)) throw new SyntaxError('expected a length-delimited field, got a number')
  return value
}

/** A string field. @throws SyntaxError when it is not UTF-8 */
export function text(value: Field['value']): string {
  const bytes = delimited(value)
  try {
    return decodeUtf8(bytes)
  } catch {
    throw new SyntaxError(
      `expected a string in UTF-8, got bytes ${Array.from(bytes.subarray(0, 16)).join(' ')}`,
    )
  }
}

/**
 * A repeated integer field's numbers, whether packed or one by one.
 *
 * @throws SyntaxError when a packed list ends within a number or holds one of more than 10 bytes
 */
export function integers(value: Field['value']): number[] {
  if (!(value instanceof Uint8Array)) return [signed(value)]
  const out: number[] = []
  for (let at = 0; at < value.length; ) {
    const varint = readVarint(value, at)
    out.push(signed(varint.value))
    at = varint.end
  }
  return out
}
