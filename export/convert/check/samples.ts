import { decode } from 'fast-png'
import { decodeNpy } from '../../../models/files/npy-reader.ts'
import { sizeOf } from '../graph/arrays.ts'
import { fail, shapeText } from '../graph/conversion-error.ts'
import type { Converted } from '../to-onnx/convert-options.ts'
import { firstLine, type Numbers } from './numbers.ts'

/** The most samples that are compared. */
export const MOST_SAMPLES = 32

type Input = Converted['inputs'][number]

/** A file's name, for messages, and its bytes. */
export interface NamedFile {
  name: string
  bytes: Uint8Array
}

/**
 * Reads real inputs for a check from one .npy file or from PNG images. Samples lie along the first axis. Pixels are
 * scaled to 0…1, or to 0…255 for an input of integers; images must have the model's size.
 *
 * @throws ConversionError when a file cannot be read or does not fit the input
 */
export function decodeSamples(files: readonly NamedFile[], input: Input): Numbers {
  const [first] = files
  const isArray = files.length === 1 && !/\.png$/i.test(first.name)
  const name = files.length === 1 ? first.name : `${first.name} …`
  return fitted(isArray ? readNpy(first) : readImages(files, input), input, name)
}

/** Checks samples against the input's shape and type, and cuts them to the batch size or to `MOST_SAMPLES`. */
function fitted({ dims, data }: Numbers, { name, type, dims: wanted }: Input, path: string): Numbers {
  const fits =
    dims.length === wanted.length &&
    wanted.slice(1).every((size, i) => typeof size === 'string' || size === dims[i + 1])
  if (!fits)
    fail(`samples: ${path}: expected shape ${shapeText(wanted)} for input ${name}, got ${shapeText(dims)}`)
  const count = typeof wanted[0] === 'number' ? wanted[0] : Math.min(dims[0], MOST_SAMPLES)
  if (dims[0] < count)
    fail(`samples: ${path}: expected at least ${count} samples for input ${name}, got ${dims[0]}`)
  const shape = [count, ...dims.slice(1)]
  const some = data.slice(0, sizeOf(shape))
  const make = { int32: Int32Array, bool: Uint8Array }[type as string] ?? Float32Array
  return { dims: shape, data: make.from(some) }
}

/** Reads PNG images as [n, height, width, channels], or as [n, pixels] for an input of two axes. */
function readImages(files: readonly NamedFile[], { dims, type, name }: Input): Numbers {
  const flat = dims.length === 2
  const channels = flat ? 1 : Number(dims.at(-1))
  if (!flat && dims.length !== 4) {
    fail(`samples: ${files[0].name}: input ${name} of shape ${shapeText(dims)} takes no images`)
  }
  const images: number[][] = []
  let shape: number[] = []
  for (const file of files.slice(0, MOST_SAMPLES)) {
    const image = decodeImage(file)
    const { width, height, depth } = image
    const size = flat ? [width * height] : [height, width, channels]
    if (images.length > 0 && size.join() !== shape.join()) {
      fail(`samples: ${file.name}: expected an image of ${shapeText(shape)}, got ${shapeText(size)}`)
    }
    shape = size
    const scale = type === 'int32' ? 255 / (2 ** depth - 1) : 1 / (2 ** depth - 1)
    images.push(pixels(image, channels).map(value => value * scale))
  }
  return { dims: [images.length, ...shape], data: Float32Array.from(images.flat()) }
}

function decodeImage({ name, bytes }: NamedFile): ReturnType<typeof decode> {
  try {
    return decode(bytes)
  } catch (error) {
    return fail(`samples: ${name}: expected a PNG image (${firstLine(error)})`)
  }
}

/** An image's pixels with as many channels as the model has: grey is repeated, colour averaged, alpha left out. */
function pixels(image: ReturnType<typeof decode>, wanted: number): number[] {
  const { data, channels, palette } = image
  const count = image.width * image.height
  const colours = palette ? 3 : channels >= 3 ? 3 : 1
  const at = (i: number, c: number) => (palette ? palette[data[i]][c] : data[i * channels + c])
  return Array.from({ length: count * wanted }, (_, k) => {
    const [i, c] = [Math.floor(k / wanted), k % wanted]
    if (wanted === 1 && colours === 3) return (at(i, 0) + at(i, 1) + at(i, 2)) / 3
    if (c >= 3) return channels === 4 ? data[i * channels + 3] : 2 ** image.depth - 1
    return at(i, colours === 1 ? 0 : c)
  })
}

/** Reads an array of numbers in NumPy's .npy format. */
function readNpy({ name, bytes }: NamedFile): Numbers {
  try {
    const { shape, values } = decodeNpy(bytes, name)
    if (typeof values[0] === 'string') throw new Error(`${name}: expected numbers, got strings`)
    return { dims: shape, data: Float32Array.from(values as ArrayLike<number>) }
  } catch (error) {
    return fail(`samples: ${firstLine(error)}`)
  }
}
