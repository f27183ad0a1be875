import { createHash } from 'node:crypto'
import { dataDifferences } from '../../models/data-identity.ts'
import type { Dataset } from '../data/dataset.ts'
import { identifyDataset } from '../data/identity.ts'
import type { Fold } from '../step/folds.ts'
import type { Run } from './run.ts'

/** The data set as run.json records it. */
export function describeData(dataset: Dataset, chosen: Fold): Run['dataset'] {
  const { name, height, width, classes, test, note = null } = dataset
  return {
    name,
    height,
    width,
    classes,
    trainImages: chosen.train.length,
    validationImages: chosen.validation.length,
    testImages: test.count,
    note,
    sha256: hashPixels(dataset),
    identity: identifyDataset(dataset),
  }
}

/** SHA-256 over all pixels, train then test, in hex. */
export function hashPixels({ train, test }: Pick<Dataset, 'train' | 'test'>): string {
  return createHash('sha256').update(train.pixels).update(test.pixels).digest('hex')
}

/**
 * Checks that a run is resumed or evaluated on the data it was trained on.
 *
 * @param before the data set as run.json records it
 * @throws Error with a line for each difference
 */
export function requireSameData(
  directory: string,
  before: Pick<Run, 'dataset'>,
  now: Pick<Run, 'dataset'>,
): void {
  const differences = dataDifferences(before.dataset, now.dataset)
  if (differences.length === 0 && before.dataset.sha256 !== now.dataset.sha256) {
    differences.push(`pixels: expected SHA-256 ${before.dataset.sha256}, got ${now.dataset.sha256}`)
  }
  if (differences.length === 0) return
  throw new Error(
    `${directory}: cannot go on with other images than those the run began on:\n  ${differences.join('\n  ')}`,
  )
}
