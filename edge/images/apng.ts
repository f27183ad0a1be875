import { concatBytes } from '../../models/files/bytes.ts'
import { PNG_SIGNATURE, readChunks, uint32, writeChunk } from '../../models/images/png-chunks.ts'
import { encodePng } from './encode-png.ts'
import type { Raster } from './sheet.ts'

/**
 * An animated PNG of 8-bit grey frames of one size, which repeats without end (PNG third edition, 11.3.6). Programs
 * without support for animation show the first frame.
 *
 * Each frame is encoded as a PNG; its compressed data is copied into the frame's chunks.
 *
 * @param delay milliseconds a frame is shown
 * @param hold how many times as long the last frame is shown; at most 65,535 ms in all
 */
export function encodeApng(frames: readonly Raster[], delay: number, hold = 1): Uint8Array<ArrayBuffer> {
  const [first] = frames
  const pieces: Uint8Array[] = []
  let sequence = 0
  frames.forEach((frame, i) => {
    const png = encodePng(frame)
    const chunks = [...readChunks(png)]
    if (i === 0) {
      pieces.push(PNG_SIGNATURE, writeChunk('IHDR', chunks.find(each => each.type === 'IHDR')!.data))
      pieces.push(writeChunk('acTL', uint32(frames.length, 0)))
    }
    const control = new Uint8Array(26)
    control.set(uint32(sequence++, first.width, first.height, 0, 0))
    new DataView(control.buffer).setUint16(20, i === frames.length - 1 ? delay * hold : delay)
    new DataView(control.buffer).setUint16(22, 1000)
    pieces.push(writeChunk('fcTL', control))
    for (const { type, data } of chunks) {
      if (type !== 'IDAT') continue
      pieces.push(i === 0 ? writeChunk('IDAT', data) : writeChunk('fdAT', uint32(sequence++), data))
    }
  })
  pieces.push(writeChunk('IEND'))
  return concatBytes(pieces)
}
