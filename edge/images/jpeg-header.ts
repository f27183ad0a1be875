/** Whether bytes begin as a JPEG does: SOI and another marker. */
export function isJpeg(file: Uint8Array): boolean {
  return file[0] === 0xff && file[1] === 0xd8 && file[2] === 0xff
}

/**
 * The size in a JPEG's frame header (ITU-T T.81, B.2.2), found by its segments' lengths.
 *
 * @throws RangeError where there is none
 */
export function readJpegSize(file: Uint8Array): { width: number; height: number } {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength)
  for (let at = 2; at + 9 <= file.length; ) {
    if (file[at] !== 0xff) break
    const marker = file[at + 1]
    // Any number of fill bytes can stand before a marker.
    if (marker === 0xff) {
      at++
      continue
    }
    // SOF0 to SOF15; C4, C8 and CC are other segments.
    if (marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc) {
      const [height, width] = [view.getUint16(at + 5), view.getUint16(at + 7)]
      if (width === 0 || height === 0) break
      return { width, height }
    }
    at += 2 + view.getUint16(at + 2)
  }
  throw new RangeError('it is a JPEG without a frame header')
}
