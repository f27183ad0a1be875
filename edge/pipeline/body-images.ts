import type { Card } from '../../models/card.ts'
import { toProblem, wrongValue } from '../http/problem.ts'
import { decodePng, resize } from '../images/png.ts'
import { LIMITS } from '../limits.ts'
import { checkCoordinates } from '../operations/parameters.ts'
import type { Body } from './body.ts'

/** An image of a JSON body, base64 PNG or intensities: [D_x]. @throws Problem naming `field` */
export async function readImage(
  image: string | number[],
  card: Card,
  invert: boolean,
  field: string,
): Promise<Float32Array> {
  if (typeof image === 'string') return readPng(fromBase64(image, field), card, invert, field)
  const size = card.architecture.inputDim
  if (image.length !== size) throw wrongValue('body', field, `${size} numbers`, `${image.length}`)
  return Float32Array.from(image, value => (invert ? 1 - value : value))
}

function fromBase64(text: string, field: string): Uint8Array {
  try {
    const binary = atob(text.replace(/^data:image\/png;base64,/, ''))
    return Uint8Array.from(binary, letter => letter.charCodeAt(0))
  } catch {
    throw wrongValue('body', field, 'a PNG image in base64', text)
  }
}

/** A PNG as an image of the model's size: [D_x]. @throws Problem naming `field` */
export async function readPng(
  bytes: Uint8Array,
  card: Card,
  invert: boolean,
  field: string,
): Promise<Float32Array> {
  const { height, width } = card.dataset
  return resize(await decodePng(bytes, invert, field), height, width)
}

/** Several images, [D_x] each, as one body. */
export function images(list: readonly Float32Array[]): Body {
  const joined = new Float32Array(list.length * list[0].length)
  list.forEach((each, i) => {
    joined.set(each, i * each.length)
  })
  return { kind: 'images', pixels: joined, n: list.length }
}

/** Images of one byte a pixel, 0 to 255, one after the other. @throws Problem for another number of bytes */
export function readLevels(bytes: Uint8Array, card: Card, invert: boolean): Body {
  const size = card.architecture.inputDim
  const n = bytes.length / size
  if (!Number.isInteger(n) || n > LIMITS.postedImages) {
    const expected = `1 to ${LIMITS.postedImages} images of ${size} bytes each`
    throw wrongValue('body', 'body', expected, `${bytes.length} bytes`, 'invalid-body')
  }
  return { kind: 'images', pixels: Float32Array.from(bytes, b => (invert ? 255 - b : b) / 255), n }
}

/** Latents of float32 in little-endian order, one after the other. @throws Problem for another number of bytes */
export function readLatents(bytes: Uint8Array<ArrayBuffer>, card: Card): Body {
  const d = card.architecture.latentDim
  const n = bytes.length / 4 / d
  if (!Number.isInteger(n) || n > LIMITS.images) {
    const expected = `1 to ${LIMITS.images} latents of ${d} float32 each`
    throw wrongValue('body', 'body', expected, `${bytes.length} bytes`, 'invalid-body')
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset)
  return checkedLatents(
    Float32Array.from({ length: n * d }, (_, i) => view.getFloat32(i * 4, true)),
    n,
  )
}

/** Latents of a JSON body. @throws Problem for another number of coordinates, or distant ones */
export function latents(rows: readonly number[][], card: Card): Body {
  const d = card.architecture.latentDim
  const wrong = rows.findIndex(row => row.length !== d)
  if (wrong >= 0) throw wrongValue('body', `z.${wrong}`, `${d} numbers`, `${rows[wrong].length}`)
  return checkedLatents(Float32Array.from(rows.flat()), rows.length)
}

function checkedLatents(z: Float32Array, n: number): Body {
  try {
    checkCoordinates(z, 'z')
  } catch (error) {
    throw toProblem(error, 'body')
  }
  return { kind: 'latents', z, n }
}
