import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { wasmDecoders } from '../images/wasm-decoders.ts'
import type { PictureDecoders } from '../platform.ts'

const require = createRequire(import.meta.url)

/** Decoders of JPEG and WebP, read from their packages when they are first needed. */
export function nodeDecoders(): PictureDecoders {
  return wasmDecoders(async () => ({
    jpeg: await read('@jsquash/jpeg/codec/dec/mozjpeg_dec.wasm'),
    webp: await read('@jsquash/webp/codec/dec/webp_dec.wasm'),
  }))
}

async function read(file: string): Promise<Uint8Array<ArrayBuffer>> {
  return new Uint8Array(await readFile(require.resolve(file)))
}
