import { z } from 'zod'
import { decodeSafetensors, encodeSafetensors } from '../../models/files/safetensors.ts'
import type { Images } from '../step/images.ts'
import type { Dataset } from './dataset.ts'
import { hashImageSet, hashImages, hashOfHashes } from './identity.ts'

/** The name under which the export leaves a data set's test images beside a model. */
export const TEST_IMAGES_FILE = 'test-images.safetensors'

/** The name under which the export leaves the hashes of the training images beside a model. */
export const TRAINING_HASHES_FILE = 'training-hashes.json'

const Strings = z.array(z.string())

/** Test images, and the class names that their labels index. */
export interface TestImages {
  images: Images
  classes: string[]
  height: number
  width: number
}

/** Test images as a file: `pixels` U8 [n, height, width], `label` U8 [n] where there are classes. */
export function encodeTestImages({ images, classes, height, width }: TestImages): Uint8Array {
  const { count, pixels, labels } = images
  return encodeSafetensors(
    {
      pixels: { dtype: 'U8', shape: [count, height, width], data: pixels },
      ...(labels && { label: { dtype: 'U8' as const, shape: [count], data: labels } }),
    },
    { classes: JSON.stringify(classes) },
  )
}

/**
 * Reads test images and checks that they are the set they are said to be.
 *
 * @param place of the file, for errors
 * @throws Error naming the place when it is no such file, or they are another set
 */
export function decodeTestImages(bytes: Uint8Array, sha256: string, place: string): TestImages {
  const tests = parseAt(place, 'test images', () => parseTestImages(bytes))
  const got = hashImageSet(tests.images, tests.classes)
  if (got !== sha256) throw new Error(`${place}: expected test images with SHA-256 ${sha256}, got ${got}`)
  return tests
}

function parseTestImages(bytes: Uint8Array): TestImages {
  const { tensors, metadata } = decodeSafetensors(bytes)
  const { pixels, label } = tensors
  if (pixels?.dtype !== 'U8' || pixels.shape.length !== 3 || (label && label.dtype !== 'U8')) {
    const got = Object.entries(tensors).map(([name, { dtype, shape }]) => `${name} ${dtype} [${shape}]`)
    throw new Error(
      `expected pixels U8 [n, height, width] and label U8, got ${got.join(', ') || 'no tensors'}`,
    )
  }
  if (metadata.classes === undefined) throw new Error('expected metadata "classes", got none')
  const [count, height, width] = pixels.shape
  return {
    images: { count, pixels: pixels.data, labels: label?.data ?? null },
    classes: Strings.parse(JSON.parse(metadata.classes)),
    height,
    width,
  }
}

/** The test images of a data set. */
export function testImagesOf({ test, classes, height, width }: Dataset): TestImages {
  return { images: test, classes, height, width }
}

/** The hashes of the images that a model was trained on, for the gate to tell whether it knows a test image. */
export function encodeTrainingHashes({ train, classes }: Pick<Dataset, 'train' | 'classes'>): Uint8Array {
  return new TextEncoder().encode(`${JSON.stringify(hashImages(train, classes).sort())}\n`)
}

/**
 * Reads hashes of training images and checks that they are of the set they are said to be.
 *
 * @param place of the file, for errors
 * @throws Error naming the place when it is no such file, or they are of another set
 */
export function decodeTrainingHashes(bytes: Uint8Array, sha256: string, place: string): Set<string> {
  const hashes = parseAt(place, 'hashes of training images', () =>
    Strings.parse(JSON.parse(new TextDecoder().decode(bytes))),
  )
  const got = hashOfHashes(hashes)
  if (got !== sha256) {
    throw new Error(`${place}: expected hashes of the training images with SHA-256 ${sha256}, got ${got}`)
  }
  return new Set(hashes)
}

/** @throws Error that says which file is no such thing, and why */
function parseAt<T>(place: string, what: string, parse: () => T): T {
  try {
    return parse()
  } catch (cause) {
    const why = cause instanceof z.ZodError ? cause.issues[0].message : (cause as Error).message
    throw new Error(`${place}: not ${what}: ${why}`, { cause })
  }
}
