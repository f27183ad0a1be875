import { z } from 'zod'
import { parse, refuse, shapeText } from '../graph/conversion-error.ts'

/** One weight as its layer reads it, dequantized; row-major. */
export interface Weight {
  dims: readonly number[]
  values: Float32Array | Int32Array | Uint8Array
}

const Quantization = z.union([
  z.object({ dtype: z.enum(['uint8', 'uint16']), min: z.number(), scale: z.number() }),
  z.object({ dtype: z.literal('float16') }),
])
export const WeightEntry = z.object({
  name: z.string().min(1),
  shape: z.array(z.int().min(0)),
  dtype: z.enum(['float32', 'int32', 'bool']),
  quantization: Quantization.optional(),
})
export type WeightEntry = z.infer<typeof WeightEntry>

const BYTES = { float32: 4, int32: 4, bool: 1, uint8: 1, uint16: 2, float16: 2 } as const

/** Bytes of one weight in its file. */
export function byteLength(entry: WeightEntry): number {
  const size = entry.shape.reduce((product, dim) => product * dim, 1)
  return size * BYTES[entry.quantization?.dtype ?? entry.dtype]
}

/**
 * The weights of one manifest group.
 *
 * @param data the group's shards joined; a weight may lie across their borders
 * @throws ConversionError when an entry does not fit the schema or its numbers are not all there
 */
export function decodeWeights(entries: unknown, data: Uint8Array, where: string): Map<string, Weight> {
  const weights = new Map<string, Weight>()
  let offset = 0
  for (const entry of parse(z.array(WeightEntry), entries, where)) {
    const size = byteLength(entry)
    if (offset + size > data.length) {
      refuse(
        `${where}: weight "${entry.name}" ${shapeText(entry.shape)} needs bytes ${offset} to ${offset + size}, ` +
          `but there are ${data.length}`,
      )
    }
    if (weights.has(entry.name)) refuse(`${where}: weight "${entry.name}" is listed twice`)
    // A copy, because a typed array must start at a multiple of its element's size.
    weights.set(entry.name, {
      dims: entry.shape,
      values: decode(entry, data.slice(offset, offset + size).buffer, where),
    })
    offset += size
  }
  return weights
}

function decode(entry: WeightEntry, buffer: ArrayBuffer, where: string): Weight['values'] {
  const { dtype, quantization } = entry
  if (!quantization) {
    if (dtype === 'float32') return new Float32Array(buffer)
    return dtype === 'int32' ? new Int32Array(buffer) : new Uint8Array(buffer)
  }
  if (quantization.dtype === 'float16') {
    if (dtype !== 'float32') refuse(`${where}: weight "${entry.name}" is ${dtype} stored as float16`)
    return new Float32Array(new Float16Array(buffer))
  }
  if (dtype === 'bool') refuse(`${where}: weight "${entry.name}" is bool stored as ${quantization.dtype}`)
  const { min, scale } = quantization
  const codes = quantization.dtype === 'uint8' ? new Uint8Array(buffer) : new Uint16Array(buffer)
  const values = dtype === 'float32' ? new Float32Array(codes.length) : new Int32Array(codes.length)
  for (let i = 0; i < codes.length; i++) {
    const value = codes[i] * scale + min
    values[i] = dtype === 'int32' ? Math.round(value) : value
  }
  return values
}
