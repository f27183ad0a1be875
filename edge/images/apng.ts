import { encodePng, type Raster } from './sheet.ts'

/**
 * An animated PNG of 8-bit grey frames of one size, shown `delay` milliseconds each, for ever (PNG third edition,
 * 11.3.6). Programs that know no APNG show the first frame.
 *
 * Each frame is encoded as a PNG of its own; its compressed data is put into the frame's chunks.
 */
export function encodeApng(frames: readonly Raster[], delay: number): Uint8Array<ArrayBuffer> {
  const [first] = frames
  const pieces: Uint8Array[] = []
  let sequence = 0
  frames.forEach((frame, i) => {
    const png = encodePng(frame)
    const chunks = readChunks(png)
    if (i === 0) {
      pieces.push(png.subarray(0, 8), chunk('IHDR', chunks.find(each => each.type === 'IHDR')!.data))
      pieces.push(chunk('acTL', words32(frames.length, 0)))
    }
    const control = new Uint8Array(26)
    control.set(words32(sequence++, first.width, first.height, 0, 0))
    new DataView(control.buffer).setUint16(20, delay)
    new DataView(control.buffer).setUint16(22, 1000)
    pieces.push(chunk('fcTL', control))
    for (const { type, data } of chunks) {
      if (type !== 'IDAT') continue
      pieces.push(i === 0 ? chunk('IDAT', data) : chunk('fdAT', words32(sequence++), data))
    }
  })
  pieces.push(chunk('IEND'))
  return concatenate(pieces)
}

/** The chunks of a PNG in order. @throws RangeError where one is cut short */
export function readChunks(png: Uint8Array): { type: string; data: Uint8Array }[] {
  const view = new DataView(png.buffer, png.byteOffset, png.byteLength)
  const chunks: { type: string; data: Uint8Array }[] = []
  for (let at = 8; at < png.length; ) {
    const length = view.getUint32(at)
    if (at + 12 + length > png.length) throw new RangeError('a PNG chunk is cut short')
    const type = String.fromCharCode(...png.subarray(at + 4, at + 8))
    chunks.push({ type, data: png.subarray(at + 8, at + 8 + length) })
    at += 12 + length
  }
  return chunks
}

function chunk(type: string, ...parts: Uint8Array[]): Uint8Array {
  const body = concatenate([Uint8Array.from(type, letter => letter.charCodeAt(0)), ...parts])
  return concatenate([words32(body.length - 4), body, words32(crc32(body))])
}

function words32(...values: number[]): Uint8Array {
  const view = new DataView(new ArrayBuffer(values.length * 4))
  values.forEach((value, i) => {
    view.setUint32(i * 4, value)
  })
  return new Uint8Array(view.buffer)
}

/** Byte arrays end to end. */
export function concatenate(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const joined = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0))
  let at = 0
  for (const part of parts) {
    joined.set(part, at)
    at += part.length
  }
  return joined
}

const CRC_TABLE = Uint32Array.from({ length: 256 }, (_, n) => {
  let c = n
  for (let k = 0; k < 8; k++) c = c & 1 ? 0xedb88320 ^ (c >>> 1) : c >>> 1
  return c
})

function crc32(bytes: Uint8Array): number {
  let c = 0xffffffff
  for (const byte of bytes) c = CRC_TABLE[(c ^ byte) & 255] ^ (c >>> 8)
  return ~c >>> 0
}
