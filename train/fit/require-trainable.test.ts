import { expect, test } from 'vitest'
import { parseId } from '../../models/ids.ts'
import type { Dataset } from '../data/dataset.ts'
import type { Images } from '../step/images.ts'
import { configure } from './choices.ts'
import { requireTrainable } from './require-trainable.ts'
import { defaultChoices } from './run-options.ts'

const images = (count: number, isLabelled = true): Images => ({
  count,
  pixels: new Uint8Array(count * 784),
  labels: isLabelled ? new Uint8Array(count) : null,
})
const dataset = (changes: Partial<Dataset> = {}): Dataset => ({
  name: 'squares',
  height: 28,
  width: 28,
  classes: ['a', 'b'],
  polarity: 'photograph',
  train: images(40),
  test: images(10),
  ...changes,
})
const configurationOf = (id: string, widths?: number[]) =>
  configure(parseId(id), { ...defaultChoices(), data: 'mnist', ...(widths && { widths }) }, dataset())

test('too few images for the folds are an error that counts them', () => {
  const few = dataset({ train: images(1), test: images(1) })
  expect(() => requireTrainable(few, configurationOf('mnist-vae-l1-z2'))).toThrow(
    'squares: expected at least 10 training images for 10 folds, got 1 (and 1 for tests). Add images',
  )
})

test('a conditional model needs a class for every training and test image', () => {
  const conditional = configurationOf('mnist-cvae-l1-z2')
  expect(() => requireTrainable(dataset(), conditional)).not.toThrow()
  expect(() => requireTrainable(dataset({ test: images(10, false) }), conditional)).toThrow(
    'squares: a conditional model needs a class for every image, and its 10 test images have none; leave --conditional out',
  )
  expect(() => requireTrainable(dataset({ train: images(40, false) }), conditional)).toThrow(
    'its 40 training images have none',
  )
})

test('a network that does not fit into memory is refused with a size that fits, or with the advice to narrow it', () => {
  const large = dataset({ height: 40_000, width: 40_000 })
  const { architecture, ...rest } = configurationOf('mnist-vae-l1-z2')
  const configuration = { ...rest, architecture: { ...architecture, inputDim: 40_000 ** 2, widths: [] } }
  expect(() => requireTrainable(large, configuration)).toThrow(
    /^1 layer over images of 40000x40000 .* need \d[\d.]* GB of memory, and .* are available; --size \d+x\d+ would fit$/,
  )
  const wide = { ...architecture, layers: 3, widths: [9_999_999, 9_999_999] }
  expect(() => requireTrainable(dataset(), { ...rest, architecture: wide })).toThrow(
    /are available; it would not fit at any image size: use smaller --widths$/,
  )
})
