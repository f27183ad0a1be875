import { CLASSES } from '../../../models/classes.ts'
import type { DividedImages, Images } from '../../../train/step/images.ts'
import { fetchBytes } from '../../catalog/api.ts'
import { type KnownName, PER_PART, SIDE, SOURCES } from './known-sets.ts'

/**
 * Fetches the first `images` training images and all test images of a data set.
 *
 * @param base the page's address
 * @param progress called with the number of bytes fetched so far
 * @throws Error with a message for the visitor if they cannot be fetched
 */
export async function fetchTrainingData(
  base: string,
  name: KnownName,
  images: number,
  progress: (received: number) => void,
): Promise<DividedImages> {
  const wanted = Math.min(SOURCES[name].parts, Math.ceil(images / PER_PART))
  let before = 0
  const fetchNext = async (file: string) => {
    const part = await fetchPart(base, name, file, received => progress(before + received))
    before += part.received
    return part
  }
  const fetched: Part[] = []
  for (let i = 0; i < wanted; i++) fetched.push(await fetchNext(`train-${i}`))
  const test = await fetchNext('test-0')
  const size = SIDE * SIDE
  const count = Math.min(
    images,
    fetched.reduce((sum, part) => sum + part.labels.length, 0),
  )
  const train = { count, pixels: new Uint8Array(count * size), labels: new Uint8Array(count) }
  let at = 0
  for (const { pixels, labels } of fetched) {
    const n = Math.min(labels.length, count - at)
    train.pixels.set(pixels.subarray(0, n * size), at * size)
    train.labels.set(labels.subarray(0, n), at)
    at += n
  }
  return {
    name,
    height: SIDE,
    width: SIDE,
    classes: [...CLASSES[name]],
    polarity: 'light-on-dark',
    train,
    test: { count: test.labels.length, pixels: test.pixels, labels: test.labels },
  }
}

/** Fetches the test images of a data set. @throws Error with a message for the visitor */
export async function fetchTestImages(base: string, name: KnownName): Promise<Images> {
  const { pixels, labels } = await fetchPart(base, name, 'test-0', () => {})
  return { count: labels.length, pixels, labels }
}

interface Part {
  pixels: Uint8Array
  labels: Uint8Array
  /** Bytes fetched. */
  received: number
}

/**
 * Fetches a file of images, 784 bytes each, followed by their labels. It is compressed by gzip, unless a server or the
 * browser has inflated it already.
 */
async function fetchPart(
  base: string,
  name: KnownName,
  part: string,
  progress: (received: number) => void,
): Promise<Part> {
  const url = new URL(`training/${name}-${part}.gz`, base).href
  const bytes = await fetchBytes(url, { progress }).catch((error: Error) => {
    throw new Error(`The images of ${SOURCES[name].title} could not be fetched. ${error.message}`)
  })
  const compressed = bytes[0] === 0x1f && bytes[1] === 0x8b
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('gzip'))
  const raw = compressed ? new Uint8Array(await new Response(stream).arrayBuffer()) : bytes
  const end = (raw.length / (SIDE * SIDE + 1)) * SIDE * SIDE
  return { pixels: raw.subarray(0, end), labels: raw.subarray(end), received: bytes.length }
}
