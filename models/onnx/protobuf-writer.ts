import { concatBytes } from '../bytes.ts'
import { encodeUtf8 } from '../utf8.ts'

/**
 * Writes the Protocol Buffers wire format: fields are appended in call order, so equal calls give equal bytes. `field`
 * is a field number of the message being written.
 */
export interface Writer {
  /** An integer field (varint). Takes safe integers; negatives as 10-byte two's complement. */
  int(field: number, value: number): void
  float(field: number, value: number): void
  double(field: number, value: number): void
  string(field: number, value: string): void
  /** Bytes, which are not copied before `finish`. */
  bytes(field: number, value: Uint8Array): void
  /** A nested message, written by `body`. */
  message(field: number, body: (writer: Writer) => void): void
  /** Floats in packed form; nothing for an empty list. */
  packedFloats(field: number, values: ArrayLike<number>): void
  /** The bytes so far; a copy. */
  finish(): Uint8Array
  /** The same in pieces, in which large byte strings are not copied. */
  finishInParts(): readonly Uint8Array[]
}

const VARINT = 0
const FIXED64 = 1
const DELIMITED = 2
const FIXED32 = 5

/** Byte strings of at least this size are not copied before the message is put together. */
const LARGE = 1024

/** A message under construction: pieces in order, of which the last still grows. */
interface Pieces {
  done: Uint8Array[]
  size: number
}

/** A new, empty message writer. */
export function createWriter(): Writer {
  return messageWriter({ done: [], size: 0 }).writer
}

const EMPTY = new Uint8Array(0)

function messageWriter(pieces: Pieces): { writer: Writer; close(): Pieces } {
  let buffer = EMPTY
  let length = 0

  function close(): Pieces {
    if (length > 0) {
      pieces.done.push(buffer.subarray(0, length))
      pieces.size += length
      buffer = EMPTY
      length = 0
    }
    return pieces
  }
  function room(extra: number): void {
    if (length + extra <= buffer.length) return
    const grown = new Uint8Array(Math.max(64, buffer.length * 2, length + extra))
    grown.set(buffer.subarray(0, length))
    buffer = grown
  }
  function varint(value: number): void {
    room(10)
    if (value >= 0 && value < 2 ** 31) {
      let small = value
      while (small > 0x7f) {
        buffer[length++] = (small & 0x7f) | 0x80
        small >>>= 7
      }
      buffer[length++] = small
      return
    }
    let rest = BigInt.asUintN(64, BigInt(value))
    while (rest > 0x7fn) {
      buffer[length++] = Number(rest & 0x7fn) | 0x80
      rest >>= 7n
    }
    buffer[length++] = Number(rest)
  }
  function tag(field: number, type: number): void {
    varint(field * 8 + type)
  }
  function bytes(field: number, value: Uint8Array): void {
    tag(field, DELIMITED)
    varint(value.length)
    if (value.length >= LARGE) {
      close()
      pieces.done.push(value)
      pieces.size += value.length
      return
    }
    room(value.length)
    buffer.set(value, length)
    length += value.length
  }
  function fixed(field: number, value: number, size: 4 | 8): void {
    tag(field, size === 4 ? FIXED32 : FIXED64)
    room(size)
    const view = new DataView(buffer.buffer, length, size)
    if (size === 4) view.setFloat32(0, value, true)
    else view.setFloat64(0, value, true)
    length += size
  }

  const writer: Writer = {
    int(field, value) {
      tag(field, VARINT)
      varint(value)
    },
    float: (field, value) => fixed(field, value, 4),
    double: (field, value) => fixed(field, value, 8),
    string: (field, value) => bytes(field, encodeUtf8(value)),
    bytes,
    message(field, body) {
      const inner = messageWriter({ done: [], size: 0 })
      body(inner.writer)
      const { done, size } = inner.close()
      if (size < LARGE) {
        bytes(field, concatBytes(done))
        return
      }
      tag(field, DELIMITED)
      varint(size)
      close()
      pieces.done.push(...done)
      pieces.size += size
    },
    packedFloats(field, values) {
      if (values.length === 0) return
      const packed = new DataView(new ArrayBuffer(values.length * 4))
      for (let i = 0; i < values.length; i++) packed.setFloat32(i * 4, values[i], true)
      bytes(field, new Uint8Array(packed.buffer))
    },
    finish: () => concatBytes(close().done),
    finishInParts: () => close().done,
  }
  return { writer, close }
}
