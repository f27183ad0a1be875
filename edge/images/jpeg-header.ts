import { LIMITS } from '../limits.ts'

/** Whether bytes begin as a JPEG does: SOI and another marker. */
export function isJpeg(file: Uint8Array): boolean {
  return file[0] === 0xff && file[1] === 0xd8 && file[2] === 0xff
}

/** Markers (ITU-T T.81, table B.1). */
const [DHT, JPG, DAC, EOI, SOS, DQT, DRI, COM] = [0xc4, 0xc8, 0xcc, 0xd9, 0xda, 0xdb, 0xdd, 0xfe]
const isFrame = (marker: number) => marker >= 0xc0 && marker <= 0xcf && ![DHT, JPG, DAC].includes(marker)
const isApplication = (marker: number) => marker >= 0xe0 && marker <= 0xef
const isTable = (marker: number) => isApplication(marker) || [DHT, DAC, DQT, DRI, COM].includes(marker)

/**
 * The size in a JPEG's frame header (ITU-T T.81, B.2.2).
 *
 * Only tables and application data may stand before the frame header. Other markers have no length: a decoder skips just
 * the marker, so a reader that skipped a "length" after it could miss the frame header that the decoder will use.
 *
 * @throws RangeError where there is no size, the file cannot be decoded, or it has too many scans
 */
export function readJpegSize(file: Uint8Array): { width: number; height: number } {
  const frame = findFrame(file)
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength)
  if (frame + 10 > file.length) throw new RangeError('its frame header is cut off')
  const [height, width, components] = [view.getUint16(frame + 5), view.getUint16(frame + 7), file[frame + 9]]
  if (width === 0 || height === 0) throw new RangeError(`its size is ${width}×${height}`)
  if (components > 3) throw new RangeError('it is in CMYK; grey and RGB are read')
  checkScans(file, frame)
  return { width, height }
}

/** The offset of the frame header's marker. */
function findFrame(file: Uint8Array): number {
  let at = 2
  while (at + 4 <= file.length && file[at] === 0xff) {
    const marker = file[at + 1]
    if (isFrame(marker)) return at
    const length = (file[at + 2] << 8) | file[at + 3]
    // Any number of fill bytes can stand before a marker.
    if (marker === 0xff) at++
    else if (isTable(marker) && length >= 2) at += 2 + length
    else break
  }
  throw new RangeError('it is a JPEG without a frame header')
}

/**
 * Checks that the file is complete, since a decoder would invent the rest, and that it has few scans, since each may take
 * a few bytes of the file and touch every pixel. Counts markers anywhere after the frame header: within a scan's data 0xff
 * is always followed by 0 or a restart marker, and the bytes of a table look like a marker only by chance.
 */
function checkScans(file: Uint8Array, frame: number): void {
  let scans = 0
  for (let at = frame; at + 1 < file.length; at++) {
    if (file[at] !== 0xff) continue
    if (file[at + 1] === EOI) return
    if (file[at + 1] === SOS && ++scans > LIMITS.jpegScans) {
      throw new RangeError(`it has more than ${LIMITS.jpegScans} scans`)
    }
  }
  throw new RangeError('the file ends before its EOI')
}
