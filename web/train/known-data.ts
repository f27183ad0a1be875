import { fetchBytes } from '../catalog/api.ts'
import type { Progress } from '../catalog/resource.ts'
import type { TrainingData } from './training-data.ts'

interface Source {
  title: string
  classes: string[]
  /** Files of 10,000 training images each, in the order of the data set. */
  parts: number
  /** Size of one such file on the network, in megabytes. */
  megabytes: number
}

const SIDE = 28
const PER_PART = 10_000

/** The data sets that lie beside the page. Of Fashion-MNIST it has the first 10,000 training images. */
export const SOURCES: Readonly<Record<'mnist' | 'fashion-mnist', Source>> = {
  mnist: { title: 'MNIST digits', classes: [...'0123456789'], parts: 6, megabytes: 1.7 },
  'fashion-mnist': {
    title: 'Fashion-MNIST',
    classes: [
      'T-shirt/top',
      'Trouser',
      'Pullover',
      'Dress',
      'Coat',
      'Sandal',
      'Shirt',
      'Sneaker',
      'Bag',
      'Ankle boot',
    ],
    parts: 1,
    megabytes: 4.4,
  },
}

/**
 * Fetches the first `images` training images of a data set and its test images.
 *
 * @throws Error in words for people when the server does not have them
 */
export async function fetchKnownData(
  name: keyof typeof SOURCES,
  images: number,
  progress: Progress,
): Promise<TrainingData> {
  const { classes, parts, title } = SOURCES[name]
  const wanted = Math.min(parts, Math.ceil(images / PER_PART))
  const files = [...Array.from({ length: wanted }, (_, i) => `${name}-train-${i}.gz`), `${name}-test-0.gz`]
  let before = 0
  const fetched: Part[] = []
  for (const file of files) {
    const bytes = await fetchBytes(new URL(`training/${file}`, document.baseURI).href, {
      progress: received => progress(before + received, undefined),
    }).catch((error: Error) => {
      throw new Error(`The images of ${title} could not be fetched. ${error.message}`)
    })
    before += bytes.length
    fetched.push(await readPart(bytes))
  }
  const test = fetched.pop() as Part
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
  return { name, height: SIDE, width: SIDE, classes, train, test: { ...test, count: test.labels.length } }
}

interface Part {
  pixels: Uint8Array
  labels: Uint8Array
}

/** Reads images of 784 bytes each and then their labels, compressed by gzip or already inflated on the way. */
async function readPart(bytes: Uint8Array<ArrayBuffer>): Promise<Part> {
  const compressed = bytes[0] === 0x1f && bytes[1] === 0x8b
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('gzip'))
  const raw = compressed ? new Uint8Array(await new Response(stream).arrayBuffer()) : bytes
  const count = raw.length / (SIDE * SIDE + 1)
  return { pixels: raw.subarray(0, count * SIDE * SIDE), labels: raw.subarray(count * SIDE * SIDE) }
}
