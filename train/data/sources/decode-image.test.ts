import sharp from 'sharp'
import { expect, test } from 'vitest'
import { toBytes } from '../../../models/images/grey.ts'
import { decodeImage } from './decode-image.ts'
import { png } from './testing/image-files.ts'

test.each<[string, Buffer, number[]]>([
  ['8-bit grey', png(2, 8, 0, [[0, 255]]), [0, 255]],
  ['1-bit grey', png(9, 1, 0, [[0b10100000, 0b10000000]]), [255, 0, 255, 0, 0, 0, 0, 0, 255]],
  ['2-bit grey', png(3, 2, 0, [[0b00011000], [0b11000000]]), [0, 85, 170, 255, 0, 0]],
  ['4-bit grey', png(2, 4, 0, [[0x0f]]), [0, 255]],
  ['16-bit grey', png(2, 16, 0, [[0x80, 0x00, 0xff, 0xff]]), [128, 255]],
  ['RGB', png(4, 8, 2, [[255, 0, 0, 0, 255, 0, 0, 0, 255, 9, 9, 9]]), [76, 150, 29, 9]],
  ['grey with alpha', png(2, 8, 4, [[200, 255, 200, 0]]), [200, 0]],
  ['RGBA', png(1, 8, 6, [[255, 255, 255, 51]]), [51]],
  ['2-bit palette', png(3, 2, 3, [[0b10010000]], [0, 0, 0, 255, 255, 255, 255, 0, 0]), [76, 255, 0]],
])('a PNG is read as grey: %s', async (_, bytes, levels) => {
  expect([...toBytes((await decodeImage(bytes, 'black')).pixels)]).toEqual(levels)
})

test('JPEG, WebP, GIF and TIFF are read as sharp made them, turned by EXIF, in grey', async () => {
  const rgb = Buffer.from(Array.from({ length: 16 * 8 * 3 }, (_, i) => (i % 3 === 0 ? 200 : 100)))
  const image = () => sharp(rgb, { raw: { width: 16, height: 8, channels: 3 } })
  const luma = Math.round(0.299 * 200 + 0.701 * 100)
  for (const bytes of [
    await image().jpeg({ quality: 100 }).toBuffer(),
    await image().webp({ lossless: true }).toBuffer(),
    await image().tiff().toBuffer(),
    await image().gif().toBuffer(),
  ]) {
    const { width, height, pixels } = await decodeImage(bytes, 'black')
    expect([width, height]).toEqual([16, 8])
    for (const level of toBytes(pixels)) expect(Math.abs(level - luma)).toBeLessThanOrEqual(3)
  }
  const turned = await image().withMetadata({ orientation: 6 }).jpeg().toBuffer()
  expect(await decodeImage(turned, 'black')).toMatchObject({ width: 8, height: 16 })
  const clear = await sharp({ create: { width: 2, height: 2, channels: 4, background: '#ff000000' } })
    .webp()
    .toBuffer()
  expect([...toBytes((await decodeImage(clear, 'white')).pixels)]).toEqual([255, 255, 255, 255])
})

test.each([1, 2, 3, 4, 5, 6, 7, 8])(
  'PNG and WebP are turned as their Exif orientation %i says',
  async orientation => {
    const raw = Uint8Array.from({ length: 6 }, (_, i) => 40 * i)
    const image = () =>
      sharp(raw, { raw: { width: 3, height: 2, channels: 1 } }).withMetadata({ orientation })
    for (const bytes of [await image().png().toBuffer(), await image().webp({ lossless: true }).toBuffer()]) {
      // libvips turns it by its own means.
      const turned = sharp(bytes).rotate().toColourspace('b-w').raw()
      const { data, info } = await turned.toBuffer({ resolveWithObject: true })
      const { width, height, pixels } = await decodeImage(bytes, 'black')
      expect([width, height, ...toBytes(pixels)]).toEqual([info.width, info.height, ...data])
    }
  },
)
