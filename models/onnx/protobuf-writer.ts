import { concatBytes } from '../files/bytes.ts'
import { encodeUtf8 } from '../files/utf8.ts'
import { type ByteSink, createByteSink } from './byte-sink.ts'

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
  /** Bytes; must not be changed before `finish`. */
  bytes(field: number, value: Uint8Array): void
  /** A nested message, written by `body`. */
  message(field: number, body: (writer: Writer) => void): void
  /** Floats in packed form; nothing for an empty list. */
  packedFloats(field: number, values: ArrayLike<number>): void
  /** The bytes so far; a copy. */
  finish(): Uint8Array
  /** The same in parts, in which large byte strings are not copied. */
  finishInParts(): readonly Uint8Array[]
}

/** Wire types: how a field's value is stored. */
const VARINT = 0
const FIXED64 = 1
const DELIMITED = 2
const FIXED32 = 5

/** A new, empty message writer. */
export function createWriter(): Writer {
  return writeTo(createByteSink())
}

function writeTo(sink: ByteSink): Writer {
  const tag = (field: number, type: number) => sink.varint(field * 8 + type)
  function bytes(field: number, value: Uint8Array): void {
    tag(field, DELIMITED)
    sink.varint(value.length)
    sink.append(value)
  }
  return {
    int(field, value) {
      tag(field, VARINT)
      sink.varint(value)
    },
    float(field, value) {
      tag(field, FIXED32)
      sink.float32(value)
    },
    double(field, value) {
      tag(field, FIXED64)
      sink.float64(value)
    },
    string: (field, value) => bytes(field, encodeUtf8(value)),
    bytes,
    message(field, body) {
      // A message is preceded by its size, so it is written apart first.
      const inner = createByteSink()
      body(writeTo(inner))
      tag(field, DELIMITED)
      sink.varint(inner.size)
      for (const part of inner.parts()) sink.append(part)
    },
    packedFloats(field, values) {
      if (values.length === 0) return
      const packed = new DataView(new ArrayBuffer(values.length * 4))
      for (let i = 0; i < values.length; i++) packed.setFloat32(i * 4, values[i], true)
      bytes(field, new Uint8Array(packed.buffer))
    },
    finish: () => concatBytes(sink.parts()),
    finishInParts: () => sink.parts(),
  }
}
