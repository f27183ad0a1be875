import { concatBytes } from '../../../models/files/bytes.ts'
import { detectDatasetPolarity } from '../../../models/images/polarity.ts'
import { createRng, shuffle } from '../../../models/random.ts'
import type { DividedImages } from '../../../train/step/images.ts'
import { type Images, pickImages } from '../../../train/step/images.ts'
import { OWN_DATA } from './training-data.ts'

/** One of the visitor's own images. */
export interface OwnImage {
  /** [side · side], 0 … 255. */
  pixels: Uint8Array
  /** The name of its class; '' for none. */
  label: string
}

/** The fewest images that can be trained on: with fewer, none could be held out to measure on. */
export const FEWEST_IMAGES = 10
const MOST_CLASSES = 100
const TEST_SHARE = 0.2

/**
 * Makes training data of the visitor's images. Their labels become classes if there are at least two different ones,
 * and at least two images per class on average. A fifth of each class's images is held out for tests.
 *
 * @param invert whether the images were inverted; stored with the data, so that later pictures are inverted too
 * @throws Error with a message for the visitor if there are too few images
 */
export function makeOwnData(images: readonly OwnImage[], side: number, invert = false): DividedImages {
  if (images.length < FEWEST_IMAGES) {
    throw new Error(
      `At least ${FEWEST_IMAGES} images are needed, so that some can be held out to measure on. Here ${
        images.length === 1 ? 'is 1' : `are ${images.length}`
      }.`,
    )
  }
  const classes = [...new Set(images.map(({ label }) => label))].sort((a, b) =>
    a.localeCompare(b, 'en', { numeric: true }),
  )
  const usable = classes.length >= 2 && classes.length <= Math.min(MOST_CLASSES, images.length / 2)
  const pixels = images.map(image => image.pixels)
  const all: Images = {
    count: images.length,
    pixels: concatBytes(pixels),
    labels: usable ? Uint8Array.from(images, ({ label }) => classes.indexOf(label)) : null,
  }
  const { train, test } = divide(all, usable ? classes.length : 1)
  return {
    name: OWN_DATA.name,
    height: side,
    width: side,
    classes: usable ? classes : [],
    polarity: detectDatasetPolarity(pixels, side, side),
    // This is what `readImages` does.
    import: { transpose: false, fit: 'cover', background: 'black', invert },
    train: pickImages(all, train),
    test: pickImages(all, test),
  }
}

/** Holds out a fifth of each class, rounded down; if that gives none, one image of the largest class. */
function divide({ count, labels }: Images, classes: number): { train: Uint32Array; test: Uint32Array } {
  const order = shuffle(
    createRng(0, 'split'),
    Uint32Array.from({ length: count }, (_, i) => i),
  )
  const members = Array.from({ length: classes }, (_, c) => order.filter(i => (labels?.[i] ?? 0) === c))
  const held = members.flatMap(indices => [...indices.slice(0, Math.floor(indices.length * TEST_SHARE))])
  if (held.length === 0) held.push(members.toSorted((a, b) => b.length - a.length)[0][0])
  const test = new Set(held)
  return { train: order.filter(i => !test.has(i)).sort(), test: Uint32Array.from(held).sort() }
}
