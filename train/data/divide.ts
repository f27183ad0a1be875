import { createHash } from 'node:crypto'
import { detectDatasetPolarity } from '../../models/images/polarity.ts'
import { holdOut, type Order } from '../step/folds.ts'
import { type Images, pickImages } from '../step/images.ts'
import type { Dataset, Undivided } from './dataset.ts'
import type { Part, Source, SourceImage } from './sources/source.ts'

const natural = new Intl.Collator('en', { numeric: true })

/** Classes beyond this do not fit the bytes that labels are kept in. */
const MOST_CLASSES = 256
const TEST_FRACTION = 0.2

/** How undivided images are divided. */
export interface Division {
  split?: Order
  splitSeed?: number
  testFraction?: number
}

/** Divides a known set that is published undivided: `heldOut` images are chosen by a shuffle, or are the last ones. */
export function divideKnown(
  { all, ...common }: Undivided,
  heldOut: number,
  { split = 'shuffled', splitSeed = 0 }: Division,
): Dataset {
  const { train, test } = holdOut(all.count, heldOut, splitSeed, split)
  const how = split === 'shuffled' ? `a shuffle with seed ${splitSeed}` : 'position: the last are held out'
  return {
    ...common,
    train: pickImages(all, train),
    test: pickImages(all, test),
    note: `${train.length} train and ${heldOut} test images, divided by ${how}`,
  }
}

/**
 * Makes a data set of a user's own images: classes in natural order of their names, the source's own division or one
 * made here.
 *
 * By default each image is drawn into the test set by a hash of its pixels and the seed. An image added or removed later
 * changes nothing for the others, and equal images always are in the same part. A contiguous split holds out the last
 * images, because neighbouring frames of a video are nearly equal.
 *
 * @throws Error when there are too few images, or too many classes, or a part lacks what another has
 */
export function divideSource(source: Source, division: Division): Dataset {
  const { name, height, width, images, skipped } = source
  const classes = listClasses(name, images)
  const index = new Map(classes.map((label, i) => [label, i]))
  const { train, validation, test, note } = assignParts(name, images, division)
  requireTrainedClasses(name, [...train, ...validation], test)
  const seen = new Set<string>()
  let duplicates = 0
  for (const { pixels } of [...train, ...validation]) {
    const hash = hashPixels(pixels)
    if (seen.has(hash)) duplicates++
    seen.add(hash)
  }
  const tests = new Set<string>()
  let leaked = 0
  for (const { pixels } of test) {
    const hash = hashPixels(pixels)
    if (seen.has(hash)) leaked++
    else if (tests.has(hash)) duplicates++
    tests.add(hash)
  }
  return {
    name,
    height,
    width,
    classes,
    polarity: detectDatasetPolarity(
      images.map(({ pixels }) => pixels),
      height,
      width,
    ),
    train: pack([...train, ...validation], index, height * width),
    test: pack(test, index, height * width),
    ...(validation.length > 0 && {
      validation: Uint32Array.from(validation, (_, i) => train.length + i),
    }),
    note,
    reading: { images: images.length, skipped, duplicates, leaked },
  }
}

function assignParts(name: string, images: SourceImage[], division: Division) {
  const of = (part: Part) => images.filter(image => image.part === part)
  const undivided = images.filter(image => image.part === null)
  if (undivided.length === images.length) return { ...drawParts(name, images, division), validation: [] }
  const [train, validation, test] = [of('train'), of('validation'), of('test')]
  if (train.length === 0)
    throw new Error(`${name}: expected training images beside those for validation or tests, found none`)
  if (test.length > 0) {
    const parts = [
      `${train.length} train`,
      ...(validation.length > 0 ? [`${validation.length} validation`] : []),
    ]
    const counts = `${parts.join(', ')} and ${test.length} test images`
    return {
      train,
      validation,
      test,
      note: `${counts}, as the data is divided`,
    }
  }
  const drawn = drawParts(name, train, division)
  const note = `${drawn.train.length} train and ${validation.length} validation images, as the data is divided, and of the former ${drawn.test.length} test images: ${drawn.how}`
  return { train: drawn.train, validation, test: drawn.test, note }
}

function drawParts(name: string, images: SourceImage[], division: Division) {
  const { split = 'shuffled', splitSeed = 0, testFraction = TEST_FRACTION } = division
  if (images.length < 2) {
    throw new Error(
      `${name}: ${images.length} image is too few to train: expected at least one to train on and one to test`,
    )
  }
  const how =
    split === 'shuffled'
      ? `each image drawn by the hash of its pixels with seed ${splitSeed}, so that a grown folder keeps its test images`
      : 'divided by position: the last are held out'
  const isTest =
    split === 'shuffled' ? drawByHash(images, splitSeed, testFraction) : last(images.length, testFraction)
  const train = images.filter((_, i) => !isTest[i])
  const test = images.filter((_, i) => isTest[i])
  return { train, test, how, note: `${train.length} train and ${test.length} test images, ${how}` }
}

/**
 * Draws the test images: the hash of an image's pixels is taken as a number from 0 to 1, and images whose number is below
 * the fraction are tests. If that makes none of a few images a test, the one with the least number becomes one; if it makes
 * all of them tests, the one with the greatest does not.
 */
function drawByHash(images: readonly SourceImage[], seed: number, fraction: number): boolean[] {
  const draws = images.map(({ pixels }) => {
    const digest = createHash('sha256').update(`test ${seed} `).update(pixels).digest()
    return digest.readUIntBE(0, 6) / 2 ** 48
  })
  const isTest = draws.map(draw => draw < fraction)
  if (isTest.includes(true) && isTest.includes(false)) return isTest
  const least = draws.reduce((a, b) => Math.min(a, b))
  const greatest = draws.reduce((a, b) => Math.max(a, b))
  // All images are equal and have the same number: one of them is made a test.
  if (least === greatest) return draws.map((_, i) => i === 0)
  return draws.map(draw => (isTest[0] ? draw !== greatest : draw === least))
}

function last(count: number, fraction: number): boolean[] {
  const heldOut = Math.min(count - 1, Math.max(1, Math.round(count * fraction)))
  return Array.from({ length: count }, (_, i) => i >= count - heldOut)
}

function listClasses(name: string, images: readonly SourceImage[]): string[] {
  const classes = [...new Set(images.flatMap(({ label }) => label ?? []))].sort(natural.compare)
  if (classes.length <= MOST_CLASSES) return classes
  throw new Error(
    `${name}: expected at most ${MOST_CLASSES} classes, got ${classes.length}; give --no-labels to leave classes out`,
  )
}

function requireTrainedClasses(
  name: string,
  train: readonly SourceImage[],
  test: readonly SourceImage[],
): void {
  const trained = new Set(train.map(({ label }) => label))
  if (test.every(({ part }) => part === null)) return
  const unknown = [...new Set(test.map(({ label }) => label))].filter(
    label => label !== null && !trained.has(label),
  )
  if (unknown.length > 0) {
    const known = [...trained].filter(label => label !== null).join(', ') || 'none'
    throw new Error(
      `${name}: expected test images with the classes of the training images (${known}), got ${unknown.join(', ')}`,
    )
  }
  const unlabelled = train.filter(({ label }) => label === null).length
  if (unlabelled > 0 && test.some(({ label }) => label !== null)) {
    throw new Error(
      `${name}: expected training and validation images with classes, as test images have them, got ${unlabelled} without`,
    )
  }
}

/** Images one after the other; labels where every one has its class. */
function pack(images: readonly SourceImage[], index: Map<string, number>, size: number): Images {
  const pixels = new Uint8Array(images.length * size)
  for (const [i, image] of images.entries()) pixels.set(image.pixels, i * size)
  const labelled = images.length > 0 && images.every(({ label }) => label !== null)
  const labels = labelled ? Uint8Array.from(images, ({ label }) => index.get(label!)!) : null
  return { count: images.length, pixels, labels }
}

function hashPixels(pixels: Uint8Array): string {
  return createHash('sha256').update(pixels).digest('base64')
}
