import { inflateSync } from 'node:zlib'

/** A real numeric matrix of a MAT-file: `values` column by column, as MATLAB keeps it. */
export interface Matrix {
  name: string
  dims: number[]
  values: number[]
}

interface Element {
  type: number
  body: DataView
  /** Where the element after it starts. */
  next: number
}

type Read = (view: DataView, offset: number, little: boolean) => number

/** Data types that hold numbers: bytes a value and how to read one. */
const NUMBERS: Record<number, [size: number, read: Read]> = {
  1: [1, (v, at) => v.getInt8(at)],
  2: [1, (v, at) => v.getUint8(at)],
  3: [2, (v, at, little) => v.getInt16(at, little)],
  4: [2, (v, at, little) => v.getUint16(at, little)],
  5: [4, (v, at, little) => v.getInt32(at, little)],
  6: [4, (v, at, little) => v.getUint32(at, little)],
  7: [4, (v, at, little) => v.getFloat32(at, little)],
  9: [8, (v, at, little) => v.getFloat64(at, little)],
}
const MATRIX = 14
const COMPRESSED = 15
const COMPLEX_FLAG = 0x0800
const NUMERIC_CLASSES = { first: 6, last: 13 }

/**
 * Reads one numeric matrix of a level-5 MAT-file (MATLAB 5 and later, `save -v6` or `-v7`), compressed or not, in
 * either byte order.
 *
 * @param bytes the file
 * @param variable the matrix's name
 * @param file the file as error messages name it
 * @throws Error when the file is not a whole level-5 MAT-file or holds no real numeric matrix of that name
 */
export function readMatrix(bytes: Uint8Array, variable: string, file: string): Matrix {
  const little = byteOrder(bytes, file)
  const seen: string[] = []
  try {
    for (const element of elements(viewOf(bytes.subarray(128)), little)) {
      const body = element.type === COMPRESSED ? inflated(element.body, little) : element
      if (body.type !== MATRIX) continue
      const parts = elements(body.body, little)
      const flags = parts.next().value
      const dims = parts.next().value
      const name = parts.next().value
      if (!flags || !dims || !name) throw new RangeError('a matrix without flags, dimensions or name')
      const found = String.fromCharCode(...numbers(name, little))
      seen.push(found)
      if (found !== variable) continue
      return matrix(found, numbers(flags, little)[0], numbers(dims, little), parts.next().value, little)
    }
  } catch (cause) {
    throw new Error(`${file}: truncated or corrupt MAT-file: ${(cause as Error).message}`, { cause })
  }
  throw new Error(`${file}: expected a matrix named ${variable}, got ${seen.join(', ') || 'no matrix'}`)
}

function matrix(name: string, flags: number, dims: number[], real: Element | undefined, little: boolean) {
  const kind = flags & 0xff
  if (kind < NUMERIC_CLASSES.first || kind > NUMERIC_CLASSES.last || flags & COMPLEX_FLAG || !real) {
    throw new RangeError(`${name} is not a matrix of real numbers of at most 32 bits or floating point`)
  }
  const values = numbers(real, little)
  const expected = dims.reduce((product, d) => product * d, 1)
  if (values.length !== expected) {
    throw new RangeError(`${name}: expected ${expected} values for ${dims.join(' × ')}, got ${values.length}`)
  }
  return { name, dims, values }
}

function byteOrder(bytes: Uint8Array, file: string): boolean {
  const text = String.fromCharCode(...bytes.subarray(0, 20))
  if (text.startsWith('MATLAB 7.3')) {
    throw new Error(`${file}: expected a level-5 MAT-file, got version 7.3 (HDF5): save it again with -v7`)
  }
  const mark = String.fromCharCode(...bytes.subarray(126, 128))
  if (mark !== 'IM' && mark !== 'MI') {
    throw new Error(`${file}: expected a level-5 MAT-file (save -v6 or -v7), got another format`)
  }
  return mark === 'IM'
}

/** The elements in `view` one after the other: an 8-byte tag and a body padded to 8, or both in 8 bytes. */
function* elements(view: DataView, little: boolean): Generator<Element> {
  for (let at = 0; at < view.byteLength; ) {
    const element = elementAt(view, at, little)
    yield element
    at = element.next
  }
}

function elementAt(view: DataView, at: number, little: boolean): Element {
  const word = view.getUint32(at, little)
  const small = word >>> 16
  const type = small ? word & 0xffff : word
  const size = small || view.getUint32(at + 4, little)
  const start = at + (small ? 4 : 8)
  const end = start + size
  if (end > view.byteLength || small > 4) {
    throw new RangeError(`an element of ${size} bytes where ${view.byteLength - start} are left`)
  }
  const next = small ? at + 8 : type === COMPRESSED ? end : Math.ceil((end - at) / 8) * 8 + at
  return { type, body: new DataView(view.buffer, view.byteOffset + start, size), next }
}

function inflated(body: DataView, little: boolean): Element {
  const bytes = inflateSync(new Uint8Array(body.buffer, body.byteOffset, body.byteLength))
  return elementAt(viewOf(bytes), 0, little)
}

function numbers({ type, body }: Element, little: boolean): number[] {
  const known = NUMBERS[type]
  if (!known) throw new RangeError(`expected numbers, got data type ${type}`)
  const [size, read] = known
  return Array.from({ length: body.byteLength / size }, (_, i) => read(body, i * size, little))
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}
