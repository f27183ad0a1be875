import { readFile } from 'node:fs/promises'
import { unzipSync } from 'fflate'
import { decodeNpy, type NpyArray } from '../../../models/files/npy-reader.ts'
import { luma } from '../../../models/images/grey.ts'
import type { ImportOptions } from '../../step/configuration.ts'
import { type Part, partOf, type Source, type SourceImage, wordsOf } from './source.ts'

/** Names of arrays that hold images and labels, apart from the word for their part. */
const IMAGES = ['images', 'x', 'data', 'imgs', 'features', 'inputs', 'arr_0']
const LABELS = ['labels', 'label', 'y', 'targets', 'target', 'classes', 'outputs', 'arr_1']

/**
 * Reads NumPy arrays: `IMAGES.npy`, `IMAGES.npy,LABELS.npy` or one .npz that holds both, divided or not (`x_train`,
 * `y_train`, `x_test` …, `train_images`, `val_labels` …, `images` and `labels`, or the first two unnamed arrays). Arrays
 * with other names are recognised by their shapes: images have three or four dimensions, labels one, or one-hot rows.
 * Images are [n, height, width], with 1, 3 or 4 channels last or before height, or [n, height · width] of square images
 * or images of `options.size`.
 */
export async function readArrays(where: string, options: ImportOptions = {}): Promise<Omit<Source, 'name'>> {
  const [file, labelFile, ...more] = where.split(',')
  if (more.length > 0) throw new Error(`npy: expected IMAGES or IMAGES,LABELS, got ${where}`)
  if (!/\.npz$/i.test(file)) {
    const labels = labelFile === undefined ? undefined : decodeNpy(await readBytes(labelFile), labelFile)
    return toSource([{ part: null, images: decodeNpy(await readBytes(file), file), labels }], file, options)
  }
  if (labelFile !== undefined) {
    throw new Error(`npz: expected one .npz file, which holds the labels too, got ${where}`)
  }
  return toSource(findParts(await readNpz(file), file), file, options)
}

interface ArrayPart {
  part: Part | null
  images: NpyArray
  labels: NpyArray | undefined
}

async function readBytes(file: string): Promise<Uint8Array> {
  // A copy with a buffer of its own: views are made on it at offsets.
  return new Uint8Array(await readFile(file))
}

async function readNpz(file: string): Promise<Map<string, NpyArray>> {
  let entries: Record<string, Uint8Array>
  try {
    entries = unzipSync(await readBytes(file))
  } catch (cause) {
    throw new Error(`${file}: expected an .npz file (a zip of arrays), got ${(cause as Error).message}`, {
      cause,
    })
  }
  const arrays = new Map<string, NpyArray>()
  for (const [entry, bytes] of Object.entries(entries)) {
    const name = entry.replace(/\.npy$/, '')
    arrays.set(name, decodeNpy(bytes, `${file}: ${name}`))
  }
  return arrays
}

function findParts(arrays: Map<string, NpyArray>, file: string): ArrayPart[] {
  const named = [...arrays].flatMap(([name, array]) => {
    const images = readName(name, IMAGES)
    if (images) return { ...images, array, isImages: true, areLabels: false }
    const labels = readName(name, LABELS)
    // An array called classes may hold their names.
    return labels ? { ...labels, array, isImages: false, areLabels: !/class/i.test(name) } : []
  })
  const shaped = [...arrays].map(([name, array]) => ({
    part: partIn(name),
    array,
    isImages: array.shape.length >= 3,
    areLabels: false,
  }))
  for (const roles of [named, shaped]) {
    const parts = roles
      .filter(({ isImages }) => isImages)
      .map(({ part, array: images }) => {
        const others = roles.filter(role => !role.isImages && role.part === part)
        const fitting = others.filter(({ array }) => array.shape[0] === images.shape[0])
        // Labels of another number are an error, which `readLabels` names.
        const labels = fitting.length > 0 ? fitting : others.filter(({ areLabels }) => areLabels)
        return { part, images, labels: labels.length === 1 ? labels[0].array : undefined }
      })
    const distinct = new Set(parts.map(({ part }) => part))
    if (parts.length === 1) return parts
    if (parts.length > 0 && distinct.size === parts.length && !distinct.has(null)) return parts
  }
  const found = [...arrays].map(([name, { shape }]) => `${name} [${shape.join(', ')}]`).join(', ')
  throw new Error(
    `${file}: expected arrays named x_train, y_train, x_test and y_test, train_images and train_labels …, or images and labels, got ${found}`,
  )
}

/** Parses an array's name, such as `x_train`, `train_images`, `xtrain` or `images`. */
function readName(name: string, words: readonly string[]): { part: Part | null } | undefined {
  const lower = name.toLowerCase()
  if (words.includes(lower)) return { part: null }
  for (const word of words) {
    const rests = [
      lower.startsWith(word) && lower.slice(word.length).replace(/^_/, ''),
      lower.endsWith(word) && lower.slice(0, -word.length).replace(/_$/, ''),
    ]
    for (const rest of rests) {
      const part = rest === false ? undefined : partOf(rest)
      if (part) return { part }
    }
  }
  return undefined
}

/** The part that one word of a name stands for; null where none does. */
function partIn(name: string): Part | null {
  return wordsOf(name).flatMap(word => partOf(word) ?? [])[0] ?? null
}

function toSource(
  parts: readonly ArrayPart[],
  file: string,
  { size: flatSize }: ImportOptions,
): Omit<Source, 'name'> {
  const images: SourceImage[] = []
  let size: { height: number; width: number } | undefined
  for (const { part, images: array, labels } of parts) {
    const read = readImages(array, file, flatSize)
    size ??= read
    if (read.height !== size.height || read.width !== size.width) {
      throw new Error(
        `${file}: expected images of ${size.width}x${size.height} in all parts, got ${read.width}x${read.height}`,
      )
    }
    const names = labels && readLabels(labels, read.count, file)
    const area = read.height * read.width
    for (let i = 0; i < read.count; i++) {
      const pixels = read.pixels.subarray(i * area, (i + 1) * area)
      images.push({ pixels, label: names?.[i] ?? null, part })
    }
  }
  if (!size || images.length === 0) throw new Error(`${file}: expected images, found none`)
  return { height: size.height, width: size.width, images, skipped: [] }
}

/** @param flatSize the size of images that are rows of pixels, where these are not square */
function readImages({ shape, type, values }: NpyArray, file: string, flatSize: ImportOptions['size']) {
  if (typeof values[0] === 'string') throw new Error(`${file}: expected images as numbers, got strings`)
  const layout = layoutOf(shape, flatSize)
  if (!layout) {
    throw new Error(
      `${file}: expected images as [n, height, width], [n, height, width, 1, 3 or 4], or [n, pixels] of square images or of --size, got [${shape.join(', ')}]`,
    )
  }
  const { height, width, channels, channelStep, pixelStep } = layout
  const count = shape[0]
  const area = height * width
  const numbers = values as ArrayLike<number>
  const scale = scaleOf(numbers, type, file)
  const pixels = new Uint8Array(count * area)
  for (let i = 0; i < pixels.length; i++) {
    const at = Math.floor(i / area) * area * channels + (i % area) * pixelStep
    const channel = (k: number) => numbers[at + k * channelStep]
    const value = channels === 1 ? channel(0) : luma(channel(0), channel(1), channel(2))
    const alpha = channels === 4 ? (channel(3) * scale) / 255 : 1
    pixels[i] = Math.round(value * scale * alpha)
  }
  return { count, height, width, pixels }
}

/** Where the values of an array's images lie: elements from pixel to pixel and from channel to channel. */
function layoutOf(shape: readonly number[], flatSize: ImportOptions['size']) {
  const grey = { channels: 1, channelStep: 0, pixelStep: 1 }
  const [, a, b, c] = shape
  if (shape.length === 2) {
    if (flatSize && flatSize.width * flatSize.height === a) return { ...flatSize, ...grey }
    const side = Math.sqrt(a)
    return Number.isInteger(side) ? { height: side, width: side, ...grey } : undefined
  }
  if (shape.length === 3) return { height: a, width: b, ...grey }
  if (shape.length !== 4) return undefined
  const isChannels = (n: number) => [1, 3, 4].includes(n)
  if (isChannels(c)) return { height: a, width: b, channels: c, channelStep: 1, pixelStep: c }
  // PyTorch keeps channels before height.
  if (isChannels(a)) return { height: b, width: c, channels: a, channelStep: b * c, pixelStep: 1 }
  return undefined
}

/** What values are multiplied by to run from 0 to 255: floats up to 1 and booleans by 255, 16 bits by 255/65535. */
function scaleOf(values: ArrayLike<number>, type: string, file: string): number {
  let [low, high] = [0, 0]
  for (let i = 0; i < values.length; i++) {
    if (!Number.isFinite(values[i])) {
      throw new Error(`${file}: expected finite intensities, got ${values[i]} at element ${i}`)
    }
    if (values[i] < low) low = values[i]
    if (values[i] > high) high = values[i]
  }
  if (low < 0) {
    throw new Error(`${file}: expected intensities of 0 or more, got some from ${low} to ${high}`)
  }
  if (type === 'b1' || (type.startsWith('f') && high <= 1)) return 255
  if (high <= 255) return 1
  if (high <= 65535) return 255 / 65535
  throw new Error(`${file}: expected intensities up to 1, 255 or 65535, got up to ${high}`)
}

/** Names of labels: numbers as they are, text, or the place of the 1 in one-hot rows. */
function readLabels({ shape, values }: NpyArray, count: number, file: string): string[] {
  if (shape[0] !== count)
    throw new Error(`${file}: expected ${count} labels, one per image, got ${shape[0] ?? 1}`)
  const width = shape.slice(1).reduce((product, size) => product * size, 1)
  return Array.from({ length: count }, (_, i) => {
    if (width === 1) return String(values[i])
    const row = Array.from({ length: width }, (_, k) => Number(values[i * width + k]))
    if (row.filter(value => value === 1).length !== 1 || row.some(value => value !== 0 && value !== 1)) {
      throw new Error(
        `${file}: expected one label per image, or one-hot rows, got ${row.join(' ')} for image ${i}`,
      )
    }
    return String(row.indexOf(1))
  })
}
