/** An idx file of unsigned bytes: its dimensions and its values, row-major. */
export interface Idx {
  dims: number[]
  data: Uint8Array
}

/**
 * Reads an idx file, the format of MNIST: two zero bytes, the element type, the number of dimensions, each dimension
 * as a big-endian uint32, then the values row-major.
 *
 * @param bytes the raw file, not compressed
 * @param name the file as error messages name it
 * @param rank the number of dimensions wanted: 3 for images [count, height, width], 1 for labels [count]
 * @throws Error when the bytes are not an idx file of unsigned bytes of that rank and exactly as long as it says
 */
export function decodeIdx(bytes: Uint8Array, name: string, rank: number): Idx {
  const kind = rank === 3 ? 'idx3-ubyte (images)' : rank === 1 ? 'idx1-ubyte (labels)' : `idx${rank}-ubyte`
  const head = [...bytes.subarray(0, 4)].map(b => b.toString(16).padStart(2, '0')).join(' ')
  const wanted = `00 00 08 0${rank}`
  if (head !== wanted) {
    throw new Error(
      `${name}: expected an ${kind} file starting with ${wanted}, got ${head || 'an empty file'}`,
    )
  }
  const start = 4 + 4 * rank
  if (bytes.length < start) {
    throw new Error(`${name}: expected a header of ${start} bytes, got a file of ${bytes.length}`)
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  const dims = Array.from({ length: rank }, (_, i) => view.getUint32(4 + 4 * i))
  const expected = start + dims.reduce((product, d) => product * d, 1)
  if (bytes.length !== expected) {
    throw new Error(
      `${name}: expected ${expected} bytes for dimensions ${dims.join(' × ')}, got ${bytes.length}`,
    )
  }
  // Never a Buffer, whose slice() is a view where Uint8Array's is a copy.
  return { dims, data: new Uint8Array(bytes.buffer, bytes.byteOffset + start, bytes.length - start) }
}

/** Writes an idx file of unsigned bytes, the inverse of `decodeIdx`. */
export function encodeIdx({ dims, data }: Idx): Uint8Array {
  const start = 4 + 4 * dims.length
  const bytes = new Uint8Array(start + data.length)
  const view = new DataView(bytes.buffer)
  view.setUint32(0, 0x0800 + dims.length)
  for (const [i, d] of dims.entries()) view.setUint32(4 + 4 * i, d)
  bytes.set(data, start)
  return bytes
}
