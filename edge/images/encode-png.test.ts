import { inflateSync } from 'node:zlib'
import fc from 'fast-check'
import { decode } from 'fast-png'
import { expect, test } from 'vitest'
import { readChunks } from '../../models/images/png-chunks.ts'
import { encodePng, UNCOMPRESSED_PIXELS } from './encode-png.ts'

const rasters = fc
  .tuple(fc.integer({ min: 1, max: 90 }), fc.integer({ min: 1, max: 90 }), fc.integer({ min: 1, max: 255 }))
  .map(([width, height, step]) => ({
    width,
    height,
    data: Uint8Array.from({ length: width * height }, (_, i) => (i * step + (i >> 3) * 7) % 256),
  }))

test('encodePng writes what another reader reads, with right checksums', () => {
  fc.assert(
    fc.property(rasters, raster => {
      const png = encodePng(raster)
      const { width, height, channels, depth, data } = decode(png, { checkCrc: true })
      expect([width, height, channels, depth]).toEqual([raster.width, raster.height, 1, 8])
      expect(Buffer.from(data.buffer, data.byteOffset, data.byteLength)).toEqual(Buffer.from(raster.data))
      const chunks = [...readChunks(png)]
      expect(chunks.map(({ type }) => type)).toEqual(['IHDR', 'IDAT', 'IEND'])
      expect(chunks.every(({ intact }) => intact)).toBe(true)
      // zlib refuses a wrong Adler-32; not every reader looks at it.
      expect(inflateSync(chunks[1].data).length).toBe((width + 1) * height)
    }),
    { numRuns: 60 },
  )
})

test('a picture at the limit is stored, one above it is compressed', () => {
  const sizeOf = (pixels: number) =>
    encodePng({ data: new Uint8Array(pixels), width: pixels, height: 1 }).length
  expect(sizeOf(UNCOMPRESSED_PIXELS)).toBe(UNCOMPRESSED_PIXELS + 1 + 11 + 57)
  expect(sizeOf(UNCOMPRESSED_PIXELS + 1)).toBeLessThan(120)
})

test('an enlarged sheet is not much larger than the sheet itself', () => {
  const enlarge = (scale: number) => {
    const width = 112 * scale
    const level = (x: number, y: number) => ((x >> 2) * 31 + (y >> 2) * 17) % 256
    const data = Uint8Array.from({ length: width * width }, (_, i) =>
      level(Math.floor((i % width) / scale), Math.floor(i / width / scale)),
    )
    return encodePng({ data, width, height: width }).length
  }
  expect(enlarge(4)).toBeLessThan(4 * enlarge(1))
})

test('a raster with a palette is read with its colours by another reader', () => {
  const palette = Uint8Array.of(0, 0, 0, 200, 100, 50, 1, 2, 3)
  const png = encodePng({ width: 3, height: 1, data: Uint8Array.of(2, 0, 1), palette })
  const picture = decode(png, { checkCrc: true })
  expect(picture.palette).toEqual([
    [0, 0, 0],
    [200, 100, 50],
    [1, 2, 3],
  ])
  expect([...picture.data]).toEqual([2, 0, 1])
  expect([...readChunks(png)].every(({ intact }) => intact)).toBe(true)
})
