import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { dataDifferences } from '../../models/data-identity.ts'
import type { Run } from '../step/run/record.ts'

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
    `${directory}: expected the images that the run was trained on, got others:\n  ${differences.join('\n  ')}`,
  )
}

/**
 * A run's data as `loadDataset` takes it. Images that lie in the run directory, where the page's Train view leaves a
 * visitor's own, are found there.
 */
export function locateData(directory: string, name: string): string {
  const [, file] = /^npz:([^/,]+)$/.exec(name) ?? []
  return file && existsSync(join(directory, file)) ? `npz:${join(directory, file)}` : name
}
