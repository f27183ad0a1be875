import { decodeUtf8 } from './utf8.ts'

/**
 * A tensor in row-major order. F16 is held as the bits of each half, because not every engine has a typed array of
 * halves.
 */
export type Tensor =
  | { dtype: 'F64'; shape: number[]; data: Float64Array }
  | { dtype: 'I64'; shape: number[]; data: BigInt64Array }
  | { dtype: 'F32'; shape: number[]; data: Float32Array }
  | { dtype: 'F16'; shape: number[]; data: Uint16Array }
  | { dtype: 'U8'; shape: number[]; data: Uint8Array }

/** What a safetensors file holds. */
export interface Safetensors {
  tensors: Record<string, Tensor>
  metadata: Record<string, string>
}

const ARRAYS = {
  F64: Float64Array,
  I64: BigInt64Array,
  F32: Float32Array,
  F16: Uint16Array,
  U8: Uint8Array,
} as const

/** One tensor of a header. */
interface Entry {
  dtype: Tensor['dtype']
  shape: number[]
  /** First byte and the byte after the last, from the end of the header. */
  data_offsets: [number, number]
}

/**
 * Writes a safetensors file: the header's length as a little-endian uint64, the header as JSON, padded with spaces to a
 * multiple of 8, then the tensors without gaps. Tensors stand in the order of their element size, largest first, then
 * of their names, so each is aligned for its type and equal tensors give equal bytes.
 *
 * @throws Error when a tensor's data does not fill its shape, or it is called __metadata__
 */
export function encodeSafetensors(
  tensors: Record<string, Tensor>,
  metadata: Record<string, string> = {},
): Uint8Array {
  const size = (name: string) => tensors[name].data.BYTES_PER_ELEMENT
  const names = Object.keys(tensors).sort((a, b) => size(b) - size(a) || (a < b ? -1 : 1))
  const header: [string, unknown][] = []
  const keys = Object.keys(metadata).sort()
  if (keys.length > 0) header.push(['__metadata__', Object.fromEntries(keys.map(k => [k, metadata[k]]))])
  let end = 0
  for (const name of names) {
    const { dtype, shape, data } = tensors[name]
    if (name === '__metadata__') throw new Error('safetensors: expected a tensor name, got __metadata__')
    if (data.length !== elements(shape)) {
      throw new Error(`${name}: expected ${elements(shape)} values for [${shape}], got ${data.length}`)
    }
    header.push([name, { dtype, shape, data_offsets: [end, (end += data.byteLength)] }])
  }
  const json = ascii(JSON.stringify(Object.fromEntries(header)))
  const start = 8 + Math.ceil(json.length / 8) * 8
  const bytes = new Uint8Array(start + end).fill(0x20, 8, start)
  new DataView(bytes.buffer).setBigUint64(0, BigInt(start - 8), true)
  for (let i = 0; i < json.length; i++) bytes[8 + i] = json.charCodeAt(i)
  let at = start
  for (const name of names) {
    const { data } = tensors[name]
    bytes.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), at)
    at += data.byteLength
  }
  return bytes
}

/**
 * Reads a safetensors file. The tensors are copies, aligned and independent of `bytes`.
 *
 * @throws Error when the file is truncated or too long, its header is not valid, a type is not one of Tensor's, or the
 *   tensors do not cover the data exactly, each byte once
 */
export function decodeSafetensors(bytes: Uint8Array): Safetensors {
  const { entries, metadata, start } = readHeader(bytes)
  const byOffset = entries.toSorted(
    ([, a], [, b]) => a.data_offsets[0] - b.data_offsets[0] || a.data_offsets[1] - b.data_offsets[1],
  )
  let end = 0
  for (const [name, { dtype, shape, data_offsets }] of byOffset) {
    const size = elements(shape) * ARRAYS[dtype].BYTES_PER_ELEMENT
    if (data_offsets[0] !== end || data_offsets[1] !== end + size) {
      throw new Error(
        `safetensors: ${name}: expected ${dtype} [${shape}] at bytes ${end} to ${end + size}, ` +
          `got ${data_offsets[0]} to ${data_offsets[1]}`,
      )
    }
    end += size
  }
  if (start + end !== bytes.length) {
    throw new Error(`safetensors: expected ${start + end} bytes, got ${bytes.length}`)
  }
  const tensors = entries.map(([name, entry]) => [name, tensor(bytes, start, entry)] as const)
  return { tensors: Object.fromEntries(tensors), metadata }
}

function readHeader(bytes: Uint8Array) {
  if (bytes.length < 8) throw new Error(`safetensors: expected at least 8 bytes, got ${bytes.length}`)
  const length = new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true)
  if (length > BigInt(bytes.length - 8)) {
    throw new Error(`safetensors: expected a header of ${length} bytes, got a file of ${bytes.length}`)
  }
  const start = 8 + Number(length)
  const { __metadata__ = {}, ...tensors } = parseHeader(bytes.subarray(8, start))
  const entries = Object.entries(tensors).map(
    ([name, value]) => [name, readEntry(name, value)] as [string, Entry],
  )
  return { entries, metadata: readMetadata(__metadata__), start }
}

function parseHeader(bytes: Uint8Array): Record<string, unknown> {
  let header: unknown
  try {
    header = JSON.parse(decodeUtf8(bytes))
  } catch (cause) {
    throw new Error(`safetensors: header: expected JSON in UTF-8, got ${(cause as Error).message}`, { cause })
  }
  return readObject('header', header)
}

/*
 * The header is checked by hand and not by a schema: pages read this format too, and zod would be more than half of
 * the script that they fetch.
 */

function readEntry(name: string, value: unknown): Entry {
  const { dtype, shape, data_offsets, ...others } = readObject(name, value)
  const [other] = Object.keys(others)
  if (other !== undefined) throw invalid(`${name}.${other}`, 'no such key', others[other])
  if (typeof dtype !== 'string' || !Object.hasOwn(ARRAYS, dtype)) {
    throw invalid(`${name}.dtype`, `one of ${Object.keys(ARRAYS).join(', ')}`, dtype)
  }
  const offsets = readSizes(`${name}.data_offsets`, data_offsets)
  if (offsets.length !== 2) throw invalid(`${name}.data_offsets`, 'two integers', data_offsets)
  return {
    dtype: dtype as Tensor['dtype'],
    shape: readSizes(`${name}.shape`, shape),
    data_offsets: [offsets[0], offsets[1]],
  }
}

function readMetadata(value: unknown): Record<string, string> {
  const entries = Object.entries(readObject('__metadata__', value))
  for (const [key, text] of entries) {
    if (typeof text !== 'string') throw invalid(`__metadata__.${key}`, 'a string', text)
  }
  return Object.fromEntries(entries) as Record<string, string>
}

function readObject(name: string, value: unknown): Record<string, unknown> {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
    return value as Record<string, unknown>
  }
  throw invalid(name, 'an object', value)
}

function readSizes(name: string, value: unknown): number[] {
  if (!Array.isArray(value)) throw invalid(name, 'a list of integers', value)
  value.forEach((size, i) => {
    if (!Number.isSafeInteger(size) || size < 0) throw invalid(`${name}.${i}`, 'an integer from 0', size)
  })
  return value
}

function invalid(name: string, expected: string, got: unknown): Error {
  return new Error(`safetensors: ${name}: expected ${expected}, got ${JSON.stringify(got)}`)
}

function tensor(bytes: Uint8Array, start: number, { dtype, shape, data_offsets }: Entry): Tensor {
  // Not bytes.slice: of a Node Buffer, which is also a Uint8Array, it returns a view and not a copy.
  const copy = new Uint8Array(bytes.subarray(start + data_offsets[0], start + data_offsets[1]))
  return { dtype, shape, data: new ARRAYS[dtype](copy.buffer) } as Tensor
}

function elements(shape: number[]): number {
  return shape.reduce((product, d) => product * d, 1)
}

/** Escapes every character beyond ASCII, which leaves equivalent JSON. */
function ascii(json: string): string {
  return json.replace(/[^\0-\x7f]/g, c => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`)
}
