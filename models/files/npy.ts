import { bytesOf, concatBytes } from './bytes.ts'
import { encodeUtf8 } from './utf8.ts'

/**
 * An array in NumPy's .npy format, version 1.0: magic, header padded so that the data begins at a multiple of 64, then
 * the values, float32 in little-endian order or bytes.
 *
 * @param shape row-major
 */
export function encodeNpy(
  data: Float32Array | Uint8Array,
  shape: readonly number[],
): Uint8Array<ArrayBuffer> {
  return concatBytes([header(data instanceof Float32Array ? '<f4' : '|u1', shape), bytesOf(data)])
}

/** Texts as a .npy array [texts] of NumPy's fixed-width strings. */
export function encodeNpyTexts(texts: readonly string[]): Uint8Array<ArrayBuffer> {
  const points = texts.map(text => Array.from(text, character => character.codePointAt(0) as number))
  const width = points.reduce((most, { length }) => Math.max(most, length), 1)
  const data = new Uint8Array(texts.length * width * 4)
  const view = new DataView(data.buffer)
  for (const [i, row] of points.entries()) {
    for (const [k, point] of row.entries()) view.setUint32((i * width + k) * 4, point, true)
  }
  return concatBytes([header(`<U${width}`, [texts.length]), data])
}

function header(type: string, shape: readonly number[]): Uint8Array {
  const tuple = shape.length === 1 ? `(${shape[0]},)` : `(${shape.join(', ')})`
  const dictionary = `{'descr': '${type}', 'fortran_order': False, 'shape': ${tuple}, }`
  const prefix = 10
  const padded = Math.ceil((prefix + dictionary.length + 1) / 64) * 64
  const text = `${dictionary.padEnd(padded - prefix - 1)}\n`
  const magic = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0, text.length & 255, text.length >> 8]
  return concatBytes([Uint8Array.from(magic), encodeUtf8(text)])
}
