/** A growing sequence of bytes. Large parts that are appended are not copied until everything is joined. */
export interface ByteSink {
  /** Bytes appended so far. */
  readonly size: number
  /** Appends a safe integer in base 128 (varint), a negative one as 64-bit two's complement. */
  varint(value: number): void
  /** Appends a float32, little endian. */
  float32(value: number): void
  /** Appends a float64, little endian. */
  float64(value: number): void
  /** Appends bytes; must not be changed afterwards. */
  append(bytes: Uint8Array): void
  /** The bytes so far, in order, in as many parts as they were kept in. */
  parts(): readonly Uint8Array[]
}

/** Byte strings of at least this size are kept as they are; smaller ones are copied into a common buffer. */
const LARGE = 1024

const EMPTY = new Uint8Array(0)

/** A new, empty sink. */
export function createByteSink(): ByteSink {
  const done: Uint8Array[] = []
  let doneSize = 0
  /** Holds small parts; `length` bytes of it are used. */
  let buffer = EMPTY
  let length = 0

  /** Makes room in the buffer. */
  function reserve(extra: number): void {
    if (length + extra <= buffer.length) return
    const grown = new Uint8Array(Math.max(64, buffer.length * 2, length + extra))
    grown.set(buffer.subarray(0, length))
    buffer = grown
  }
  /** Ends the buffer, so that other bytes can follow. */
  function closeBuffer(): void {
    if (length === 0) return
    push(buffer.subarray(0, length))
    buffer = EMPTY
    length = 0
  }
  function push(bytes: Uint8Array): void {
    done.push(bytes)
    doneSize += bytes.length
  }
  /** Space for a number of `size` bytes. */
  function nextView(size: number): DataView {
    reserve(size)
    length += size
    return new DataView(buffer.buffer, length - size, size)
  }

  return {
    get size() {
      return doneSize + length
    },
    varint(value) {
      reserve(10)
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
    },
    float32: value => nextView(4).setFloat32(0, value, true),
    float64: value => nextView(8).setFloat64(0, value, true),
    append(bytes) {
      if (bytes.length >= LARGE) {
        closeBuffer()
        push(bytes)
        return
      }
      reserve(bytes.length)
      buffer.set(bytes, length)
      length += bytes.length
    },
    parts() {
      closeBuffer()
      return done
    },
  }
}
