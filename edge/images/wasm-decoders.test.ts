import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import sharp from 'sharp'
import { afterEach, expect, test } from 'vitest'
import { decodePicture, readPictureHeader } from './picture.ts'
import { type CodecModules, wasmDecoders } from './wasm-decoders.ts'

const { ImageData } = globalThis
afterEach(() => {
  if (!ImageData) Reflect.deleteProperty(globalThis, 'ImageData')
})

const readCodec = async (file: string) =>
  new Uint8Array(await readFile(createRequire(import.meta.url).resolve(file)))

/** A grey picture of 8 × 8 pixels. */
const picture = async () =>
  new Uint8Array(
    await sharp({ create: { width: 8, height: 8, channels: 3, background: '#808080' } })
      .jpeg()
      .toBuffer(),
  )

test('decoders that could not be started say why, and start with the next picture', async () => {
  let starts = 0
  const modules = async (): Promise<CodecModules> => {
    if (++starts === 1) throw new Error('EMFILE: too many open files')
    return {
      jpeg: await readCodec('@jsquash/jpeg/codec/dec/mozjpeg_dec.wasm'),
      webp: await readCodec('@jsquash/webp/codec/dec/webp_dec.wasm'),
    }
  }
  const decoders = wasmDecoders(modules)
  const file = await picture()
  const decode = () => decodePicture(file, readPictureHeader(file), 0, decoders)
  await expect(decode()).rejects.toThrow(/^EMFILE: too many open files$/)
  const { width, pixels } = await decode()
  expect([width, pixels[0]]).toEqual([8, expect.closeTo(128 / 255, 2)])
  await decode()
  expect(starts).toBe(2)
})
