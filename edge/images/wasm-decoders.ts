import decodeJpeg, { init as initJpeg } from '@jsquash/jpeg/decode.js'
import decodeWebp, { init as initWebp } from '@jsquash/webp/decode.js'
import type { PictureDecoders, Rgba } from '../platform.ts'

/** The wasm codecs of @jsquash (MozJPEG and libwebp): compiled modules, as a Worker has them, or the files' bytes. */
export interface CodecModules {
  jpeg: WebAssembly.Module | Uint8Array<ArrayBuffer>
  webp: WebAssembly.Module | Uint8Array<ArrayBuffer>
}

/**
 * Decoders by MozJPEG and libwebp in WebAssembly, both started when the first picture comes. After a failed start the
 * next picture tries again.
 */
export function wasmDecoders(modules: () => Promise<CodecModules>): PictureDecoders {
  let started: Promise<void> | undefined
  const start = async () => {
    const { jpeg, webp } = await modules()
    await initJpeg(await compiled(jpeg))
    await initWebp(await compiled(webp))
    // The codecs return an ImageData, a class that only browsers have.
    if (!('ImageData' in globalThis)) Object.assign(globalThis, { ImageData: PixelData })
  }
  const decode = async (format: string, work: () => Promise<Rgba>): Promise<Rgba> => {
    started ??= start().catch(error => {
      started = undefined
      throw error
    })
    await started
    return work().catch(() => {
      throw new RangeError(`its ${format} data cannot be decoded`)
    })
  }
  return {
    jpeg: file => decode('JPEG', () => decodeJpeg(bufferOf(file), { preserveOrientation: true })),
    webp: file => decode('WEBP', () => decodeWebp(bufferOf(file))),
  }
}

async function compiled(codec: WebAssembly.Module | Uint8Array<ArrayBuffer>): Promise<WebAssembly.Module> {
  return codec instanceof WebAssembly.Module ? codec : WebAssembly.compile(codec)
}

class PixelData implements Rgba {
  readonly data: Uint8ClampedArray
  readonly width: number
  readonly height: number
  constructor(data: Uint8ClampedArray, width: number, height: number) {
    this.data = data
    this.width = width
    this.height = height
  }
}

/** A file's bytes in a buffer of their own, as the codecs take them. */
function bufferOf(file: Uint8Array): ArrayBuffer {
  return Uint8Array.from(file).buffer
}
