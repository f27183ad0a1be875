import { encodeUtf8 } from './utf8.ts'

/**
 * An array in NumPy's .npy format, version 1.0: magic, header padded so that the data begins at a multiple of 64, then
 * float32 in little-endian order.
 *
 * @param shape row-major
 */
export function encodeNpy(data: Float32Array, shape: readonly number[]): Uint8Array<ArrayBuffer> {
  const tuple = shape.length === 1 ? `(${shape[0]},)` : `(${shape.join(', ')})`
  const dictionary = `{'descr': '<f4', 'fortran_order': False, 'shape': ${tuple}, }`
  const prefix = 10
  const padded = Math.ceil((prefix + dictionary.length + 1) / 64) * 64
  const header = `${dictionary.padEnd(padded - prefix - 1)}\n`
  const bytes = new Uint8Array(padded + data.byteLength)
  bytes.set([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0, header.length & 255, header.length >> 8])
  bytes.set(encodeUtf8(header), prefix)
  bytes.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), padded)
  return bytes
}
