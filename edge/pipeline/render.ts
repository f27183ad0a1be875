import { encodeNpy } from '../../models/files/npy.ts'
import { FORMATS, type Format } from '../http/negotiate-format.ts'
import { wrongValue } from '../http/problem.ts'
import { encodeApng } from '../images/apng.ts'
import { encodePng } from '../images/encode-png.ts'
import { layOut, placeInFrame, type Raster } from '../images/sheet.ts'
import { LIMITS } from '../limits.ts'
import type { Result } from '../operations/operation.ts'
import type { Picture } from '../operations/parameters.ts'

/** The query's parameters that rendering uses. Operations without pictures lack them. */
export type Presentation = Partial<Picture> & { delay?: number }

/**
 * Renders a result in a format, with the headers that describe it.
 *
 * @param about the first fields of json: model, version and seed
 */
export function render(
  result: Result,
  format: Format,
  presentation: Presentation,
  about: Record<string, unknown>,
): { body: Uint8Array<ArrayBuffer>; headers: Record<string, string> } {
  const headers = { 'content-type': FORMATS[format] as string }
  const { data, shape } = result.tensor
  switch (format) {
    case 'png':
      return { body: renderPng(result, presentation), headers }
    case 'apng':
      return { body: renderApng(result, presentation), headers }
    case 'npy':
      return { body: encodeNpy(data, shape), headers }
    case 'f32':
      return { body: toBytes(data), headers: { ...headers, 'x-shape': shape.join(',') } }
    case 'safetensors':
      return { body: result.file ?? new Uint8Array(), headers }
    default:
      return { body: new TextEncoder().encode(JSON.stringify({ ...about, ...result.json() })), headers }
  }
}

function toBytes(data: Float32Array): Uint8Array<ArrayBuffer> {
  return new Uint8Array(data.buffer as ArrayBuffer, data.byteOffset, data.byteLength)
}

function renderPng(result: Result, { scale = 1, columns, invert = false, frame }: Presentation) {
  const { images } = result
  if (!images) throw new Error('png was offered for a result without images')
  return encodePng(framed(layOut(images, columns ?? images.columns, scale, invert), frame))
}

/** @throws Problem invalid-value for a frame that the picture does not fit into */
function framed(picture: Raster, frame: string | undefined): Raster {
  if (frame === undefined) return picture
  const [width, height] = frame.split('x').map(Number)
  if (picture.width > width || picture.height > height) {
    throw wrongValue('query', 'frame', `at least the picture’s ${picture.width}x${picture.height}`, frame)
  }
  return placeInFrame(picture, { width, height })
}

function renderApng(result: Result, { scale = 1, invert = false, delay = 100, frame }: Presentation) {
  const { hold, ...images } = result.frames?.() ?? { ...result.images!, hold: 1 }
  if (!images.pixels) throw new Error('apng was offered for a result without images')
  const size = images.height * images.width
  const frames = Array.from({ length: images.pixels.length / size }, (_, i) =>
    framed(
      layOut({ ...images, pixels: images.pixels.subarray(i * size, (i + 1) * size) }, 1, scale, invert),
      frame,
    ),
  )
  return encodeApng(frames, delay, hold)
}

/**
 * The size of a picture, all frames together: `places` for images, including a sheet's empty ones, and `pixels`.
 *
 * @param count images in the picture
 * @param size pixels of one image
 */
export function measurePicture(
  format: Format,
  { scale = 1, columns = 1, frame }: Presentation,
  count: number,
  size: number,
): { places: number; pixels: number } {
  const places = format === 'png' ? Math.ceil(count / columns) * columns : count
  const [width, height] = (frame ?? '0x0').split('x').map(Number)
  const framed = width * height * (format === 'png' ? 1 : count)
  return { places, pixels: Math.max(framed, places * size * scale * scale) }
}

/**
 * Refuses pictures of too many pixels.
 *
 * @param count images in the picture
 * @param size pixels of one image
 * @throws Problem answer-too-large
 */
export function checkPicture(format: Format, presentation: Presentation, count: number, size: number): void {
  if (format !== 'png' && format !== 'apng' && format !== 'sse') return
  const { places, pixels } = measurePicture(format, presentation, count, size)
  if (pixels > LIMITS.answerPixels) {
    throw wrongValue(
      'query',
      'scale',
      `a picture of at most ${LIMITS.answerPixels} pixels in all`,
      `${pixels} pixels (${places} images of ${size} at scale ${presentation.scale ?? 1})`,
      'answer-too-large',
    )
  }
}
