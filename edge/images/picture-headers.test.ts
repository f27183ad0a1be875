import { readFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, test } from 'vitest'
import { concatBytes } from '../../models/files/bytes.ts'
import { readJpegSize } from './jpeg-header.ts'
import { readWebpSize } from './webp-header.ts'

const picture = (name: string) =>
  new Uint8Array(readFileSync(path.join(import.meta.dirname, '../../test/golden/pictures', name)))

/** Where a marker first stands. */
const indexOf = (file: Uint8Array, marker: number) =>
  file.findIndex((byte, i) => byte === 0xff && file[i + 1] === marker)

describe('a JPEG’s header', () => {
  const jpeg = picture('ring.jpg')
  const size = readJpegSize(jpeg)

  test('readJpegSize gives the size of baseline and progressive files, with and without application data before it', () => {
    expect(size).toEqual({ width: 28, height: 28 })
    for (const name of ['ring-progressive.jpg', 'ring-exif.jpg']) {
      expect(readJpegSize(picture(name))).toEqual({ width: 28, height: 28 })
    }
  })
  test('readJpegSize accepts fill bytes between segments', () => {
    const filled = concatBytes([jpeg.subarray(0, 2), Uint8Array.of(0xff, 0xff), jpeg.subarray(2)])
    expect(readJpegSize(filled)).toEqual(size)
  })
  test.each([
    ['a stuffed zero', 0x00],
    ['TEM', 0x01],
    ['a restart marker', 0xd0],
    ['another SOI', 0xd8],
  ])('readJpegSize refuses a file with %s, which has no length although two bytes follow', (_, marker) => {
    // Two comments of 40,000 bytes. A reader that takes the first one's ff fe for a length lands in the second, at a frame
    // header of 1×1; a decoder finds the real one.
    const comments = new Uint8Array(80_000)
    for (const at of [0, 40_000]) comments.set([0xff, 0xfe, 0x9c, 0x3e], at)
    comments.set([0xff, 0xc0, 0, 11, 8, 0, 1, 0, 1, 1, 1, 0x11, 0], 0xfffe)
    const led = concatBytes([jpeg.subarray(0, 2), Uint8Array.of(0xff, marker), comments, jpeg.subarray(2)])
    expect(() => readJpegSize(led)).toThrow('without a frame header')
  })
  test('readJpegSize refuses a file with more scans than any encoder writes', () => {
    const progressive = picture('ring-progressive.jpg')
    const from = progressive.findLastIndex((byte, i) => byte === 0xff && progressive[i + 1] === 0xda)
    const scan = progressive.subarray(from, -2)
    const withScans = (n: number) =>
      concatBytes([progressive.subarray(0, -2), ...Array(n).fill(scan), progressive.subarray(-2)])
    expect(readJpegSize(withScans(50))).toEqual(size)
    expect(() => readJpegSize(withScans(100))).toThrow('more than 100 scans')
  })
  test('readJpegSize refuses a file that is cut off anywhere, or is in CMYK', () => {
    for (let length = 0; length < jpeg.length; length++) {
      expect(() => readJpegSize(jpeg.subarray(0, length))).toThrow(RangeError)
    }
    const cmyk = jpeg.slice()
    cmyk[indexOf(jpeg, 0xc0) + 9] = 4
    expect(() => readJpegSize(cmyk)).toThrow('CMYK')
  })
})

describe('a WebP’s header', () => {
  test('readWebpSize gives the size of lossy, lossless and extended files', () => {
    for (const name of ['ring-lossy.webp', 'ring-lossless.webp', 'ring-alpha.webp']) {
      expect(readWebpSize(picture(name))).toEqual({ width: 28, height: 28 })
    }
  })
  test('readWebpSize refuses an animation', () => {
    const header = 'RIFF\x16\0\0\0WEBPVP8X\x0a\0\0\0\x02\0\0\0\x1b\0\0\x1b\0\0'
    expect(() => readWebpSize(Uint8Array.from(header, letter => letter.charCodeAt(0)))).toThrow('animation')
  })
})
