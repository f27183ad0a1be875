import { z } from 'zod'
import { concatBytes } from '../../../models/files/bytes.ts'
import { fromHalf } from '../../../models/files/half.ts'
import { fail, parse, shapeText } from '../graph/conversion-error.ts'

/** One weight as the model reads it, dequantized; row-major. */
export interface Weight {
  dtype: WeightEntry['dtype']
  dims: readonly number[]
  /** Empty for strings and complex numbers, which no conversion reads. */
  values: Float32Array | Int32Array | Uint8Array
}

const Quantization = z.union([
  z.object({ dtype: z.enum(['uint8', 'uint16']), min: z.number(), scale: z.number() }),
  z.object({ dtype: z.literal('float16') }),
])
/** One weight's entry in a weights manifest: its name, shape, type, and how it is quantised. */
export const WeightEntry = z.object({
  name: z.string().min(1),
  shape: z.array(z.int().min(0)),
  dtype: z.enum(['float32', 'int32', 'bool', 'string', 'complex64']),
  quantization: Quantization.optional(),
})
export type WeightEntry = z.infer<typeof WeightEntry>

const BYTES = { float32: 4, int32: 4, bool: 1, uint8: 1, uint16: 2, float16: 2, complex64: 8 } as const

/** Bytes of one weight in its file; undefined for strings, which have no fixed size. */
export function byteLength(entry: WeightEntry): number | undefined {
  const stored = entry.quantization?.dtype ?? entry.dtype
  return stored === 'string' ? undefined : sizeOf(entry.shape) * BYTES[stored]
}

/**
 * Decodes the weights of a manifest, by name.
 *
 * @param parts the shards in order; a weight may lie in two of them
 * @throws ConversionError when an entry does not fit the schema or its numbers are not all there
 */
export function decodeWeights(
  entries: unknown,
  parts: readonly Uint8Array<ArrayBuffer>[],
  where: string,
): Map<string, Weight> {
  const weights = new Map<string, Weight>()
  const data = byteReader(parts)
  for (const entry of parse(z.array(WeightEntry), entries, where)) {
    if (weights.has(entry.name)) fail(`${where}: weight "${entry.name}" is listed twice`)
    const missing = (needed: number) =>
      fail(
        `${where}: weight "${entry.name}" ${shapeText(entry.shape)} needs bytes ${data.offset} to ` +
          `${data.offset + needed}, but there are ${data.length}`,
      )
    const size = byteLength(entry) ?? stringBytes(entry, data, missing)
    if (data.offset + size > data.length) missing(size)
    const bytes = data.take(size)
    weights.set(entry.name, { dtype: entry.dtype, dims: entry.shape, values: decode(entry, bytes, where) })
  }
  return weights
}

const sizeOf = (dims: readonly number[]) => dims.reduce((product, dim) => product * dim, 1)

interface ByteReader {
  readonly length: number
  readonly offset: number
  /** Takes the next bytes, aligned to 4; copied only if they lie in two parts or are not aligned there. */
  take(size: number): Uint8Array<ArrayBuffer>
  /** The little-endian uint32 at `offset + ahead`; undefined past the end. */
  peekLength(ahead: number): number | undefined
}

function byteReader(parts: readonly Uint8Array<ArrayBuffer>[]): ByteReader {
  const length = parts.reduce((sum, part) => sum + part.length, 0)
  let offset = 0
  function bytesAt(from: number, size: number): Uint8Array<ArrayBuffer> {
    let start = 0
    const pieces: Uint8Array<ArrayBuffer>[] = []
    for (const part of parts) {
      const [first, last] = [Math.max(from, start), Math.min(from + size, start + part.length)]
      if (first < last) pieces.push(part.subarray(first - start, last - start))
      start += part.length
    }
    if (pieces.length === 1 && pieces[0].byteOffset % 4 === 0) return pieces[0]
    return concatBytes(pieces)
  }
  return {
    length,
    get offset() {
      return offset
    },
    take(size) {
      offset += size
      return bytesAt(offset - size, size)
    },
    peekLength(ahead) {
      if (offset + ahead + 4 > length) return undefined
      const bytes = bytesAt(offset + ahead, 4)
      return new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, true)
    },
  }
}

/** Bytes of a weight of strings: each has its length as uint32 before it. */
function stringBytes(entry: WeightEntry, data: ByteReader, missing: (needed: number) => never): number {
  let size = 0
  for (let i = 0; i < sizeOf(entry.shape); i++) size += 4 + (data.peekLength(size) ?? missing(size + 4))
  return size
}

function decode(entry: WeightEntry, bytes: Uint8Array<ArrayBuffer>, where: string): Weight['values'] {
  const { dtype, quantization } = entry
  const name = `${where}: weight "${entry.name}"`
  if (dtype === 'string' || dtype === 'complex64') return new Float32Array(0)
  const stored = quantization?.dtype ?? dtype
  const codes = typed(bytes, stored)
  if (!quantization) return codes as Weight['values']
  if (quantization.dtype === 'float16') {
    return dtype === 'float32'
      ? fromHalf(codes as Uint16Array)
      : fail(`${name} is ${dtype} stored as float16`)
  }
  if (dtype === 'bool') fail(`${name} is bool stored as ${quantization.dtype}`)
  const { min, scale } = quantization
  const values = dtype === 'float32' ? new Float32Array(codes.length) : new Int32Array(codes.length)
  for (let i = 0; i < codes.length; i++) {
    const value = codes[i] * scale + min
    values[i] = dtype === 'int32' ? Math.round(value) : value
  }
  return values
}

function typed(
  { buffer, byteOffset, byteLength: size }: Uint8Array<ArrayBuffer>,
  dtype: 'float32' | 'int32' | 'bool' | 'uint8' | 'uint16' | 'float16',
): Float32Array | Int32Array | Uint8Array | Uint16Array {
  if (dtype === 'float32') return new Float32Array(buffer, byteOffset, size / 4)
  if (dtype === 'int32') return new Int32Array(buffer, byteOffset, size / 4)
  if (dtype === 'uint16' || dtype === 'float16') return new Uint16Array(buffer, byteOffset, size / 2)
  return new Uint8Array(buffer, byteOffset, size)
}
