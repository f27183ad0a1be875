import { concatBytes } from '../files/bytes.ts'

/** The first eight bytes of every PNG (PNG third edition, 5.2). */
export const PNG_SIGNATURE = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a)

/** A chunk of a PNG (5.3). */
export interface Chunk {
  type: string
  data: Uint8Array
  /** Whether its CRC-32 matches its type and data. */
  intact: boolean
}

/** Whether bytes begin with the signature of a PNG. */
export function isPng(bytes: Uint8Array): boolean {
  return PNG_SIGNATURE.every((byte, i) => bytes[i] === byte)
}

/**
 * Reads the chunks of a PNG in order, up to IEND. Bytes after IEND are ignored: editors and shells append line ends,
 * programs append their own data.
 *
 * @throws RangeError when a chunk or IEND is cut off
 */
export function* readChunks(png: Uint8Array): Generator<Chunk> {
  const view = new DataView(png.buffer, png.byteOffset, png.byteLength)
  for (let at = PNG_SIGNATURE.length; ; ) {
    if (at + 12 > png.length) throw new RangeError('the file ends before IEND')
    const length = view.getUint32(at)
    const end = at + 12 + length
    if (end > png.length) throw new RangeError('a chunk is cut off')
    const type = String.fromCharCode(...png.subarray(at + 4, at + 8))
    const intact = crc32(png.subarray(at + 4, end - 4)) === view.getUint32(end - 4)
    yield { type, data: png.subarray(at + 8, end - 4), intact }
    if (type === 'IEND') return
    at = end
  }
}

/** Writes a chunk with its length and CRC-32, from the parts of its data. */
export function writeChunk(type: string, ...parts: Uint8Array[]): Uint8Array<ArrayBuffer> {
  const body = concatBytes([Uint8Array.from(type, letter => letter.charCodeAt(0)), ...parts])
  return concatBytes([uint32(body.length - 4), body, uint32(crc32(body))])
}

/** Unsigned integers as big-endian bytes. */
export function uint32(...values: number[]): Uint8Array<ArrayBuffer> {
  const view = new DataView(new ArrayBuffer(values.length * 4))
  values.forEach((value, i) => {
    view.setUint32(i * 4, value)
  })
  return new Uint8Array(view.buffer)
}

const CRC_TABLE = Uint32Array.from({ length: 256 }, (_, n) => {
  let c = n
  for (let k = 0; k < 8; k++) c = c & 1 ? 0xedb88320 ^ (c >>> 1) : c >>> 1
  return c
})

/** CRC-32 as PNG uses it (Annex D). */
export function crc32(bytes: Uint8Array): number {
  let c = 0xffffffff
  for (let i = 0; i < bytes.length; i++) c = CRC_TABLE[(c ^ bytes[i]) & 255] ^ (c >>> 8)
  return ~c >>> 0
}
