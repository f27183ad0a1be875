import { fromHalf } from './half.ts'

/** An array of a .npy file: its shape and its values, row-major. */
export interface NpyArray {
  shape: number[]
  /** NumPy's kind and size of the elements: `u1`, `f4`, `U7` … */
  type: string
  values: ArrayLike<number> | ArrayLike<string>
}

/** Readers of one element by NumPy's type. Integers of 64 bits come as numbers; labels and pixels fit. */
const READERS: Readonly<Record<string, (view: DataView, at: number, little: boolean) => number>> = {
  b1: (view, at) => view.getUint8(at),
  u1: (view, at) => view.getUint8(at),
  i1: (view, at) => view.getInt8(at),
  u2: (view, at, little) => view.getUint16(at, little),
  i2: (view, at, little) => view.getInt16(at, little),
  u4: (view, at, little) => view.getUint32(at, little),
  i4: (view, at, little) => view.getInt32(at, little),
  u8: (view, at, little) => Number(view.getBigUint64(at, little)),
  i8: (view, at, little) => Number(view.getBigInt64(at, little)),
  f2: (view, at, little) => fromHalf(Uint16Array.of(view.getUint16(at, little)))[0],
  f4: (view, at, little) => view.getFloat32(at, little),
  f8: (view, at, little) => view.getFloat64(at, little),
}

/**
 * Reads a .npy file (NumPy's format, versions 1 to 3) of numbers or of strings.
 *
 * @param name of the file, for errors
 * @throws Error when it is not a .npy file, is cut short, or holds objects or another type
 */
export function decodeNpy(bytes: Uint8Array, name: string): NpyArray {
  const magic = String.fromCharCode(...bytes.subarray(0, 6))
  if (magic !== '\x93NUMPY') throw new Error(`${name}: expected a .npy file, got one that begins otherwise`)
  const requireBytes = (least: number, what: string) => {
    if (bytes.length >= least) return
    throw new Error(`${name}: expected ${least} bytes for ${what}, got ${bytes.length}`)
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const start = bytes[6] === 1 ? 10 : 12
  requireBytes(start, 'the start of a .npy file')
  const length = bytes[6] === 1 ? view.getUint16(8, true) : view.getUint32(8, true)
  requireBytes(start + length, 'its header')
  const header = Array.from(bytes.subarray(start, start + length), byte => String.fromCharCode(byte)).join('')
  const type = /'descr':\s*'([<>|=]?)([a-zA-Z])(\d+)'/.exec(header)
  const shapeText = /'shape':\s*\(([\d,\s]*)\)/.exec(header)?.[1]
  const fortran = /'fortran_order':\s*True/.test(header)
  if (!type || shapeText === undefined) {
    throw new Error(`${name}: expected an array of numbers or strings, got ${header.trim().slice(0, 80)}`)
  }
  const shape = shapeText.split(',').flatMap(part => (part.trim() === '' ? [] : [Number(part)]))
  const count = shape.reduce((product, size) => product * size, 1)
  const [, order, kind, digits] = type
  const itemSize = kind === 'U' ? 4 * Number(digits) : Number(digits)
  const data = start + length
  requireBytes(data + count * itemSize, `shape ${shape.join(' × ')}`)
  const little = order !== '>'
  const values =
    kind === 'U' || kind === 'S'
      ? readStrings(view, data, count, kind, itemSize, little)
      : readNumbers(view, data, count, kind + digits, little, name)
  return {
    shape,
    type: kind + digits,
    values: fortran ? toRowMajor<number | string>(values, shape) : values,
  } as NpyArray
}

function readNumbers(
  view: DataView,
  start: number,
  count: number,
  type: string,
  little: boolean,
  name: string,
) {
  if (type === 'u1') return new Uint8Array(view.buffer, view.byteOffset + start, count)
  const read = READERS[type]
  if (!read) throw new Error(`${name}: expected integers, floats or strings, got NumPy type ${type}`)
  const size = Number(type.slice(1))
  const values = new Float64Array(count)
  for (let i = 0; i < count; i++) values[i] = read(view, start + i * size, little)
  return values
}

/** Fixed-width text: UTF-32 (`U`) or bytes (`S`), padded with zeros. */
function readStrings(
  view: DataView,
  start: number,
  count: number,
  kind: string,
  size: number,
  little: boolean,
) {
  const step = kind === 'U' ? 4 : 1
  return Array.from({ length: count }, (_, i) => {
    let text = ''
    for (let at = start + i * size; at < start + (i + 1) * size; at += step) {
      const code = step === 4 ? view.getUint32(at, little) : view.getUint8(at)
      if (code === 0) break
      text += String.fromCodePoint(code)
    }
    return text
  })
}

/** Reorders values whose first index runs fastest. */
function toRowMajor<T>(values: ArrayLike<T>, shape: readonly number[]): T[] {
  const index = shape.map(() => 0)
  return Array.from({ length: values.length }, () => {
    let [from, step] = [0, 1]
    for (let d = 0; d < shape.length; d++) {
      from += index[d] * step
      step *= shape[d]
    }
    for (let d = shape.length - 1; d >= 0 && ++index[d] === shape[d]; d--) index[d] = 0
    return values[from]
  })
}
