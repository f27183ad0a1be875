import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { dataDifferences, type IdentifiedData } from '../../models/data-identity.ts'
import { parseCard } from '../../models/registry/version.ts'
import { known } from '../data/known/known-datasets.ts'

/**
 * Refuses to replace a model of other data: models that share an id by accident are not versions of one another.
 *
 * @throws Error with a line for each difference
 */
export async function refuseOtherData(folder: string, data: IdentifiedData): Promise<void> {
  const path = join(folder, 'card.json')
  if (!existsSync(path)) return
  const card = parseCard(new Uint8Array(await readFile(path)), path)
  const differences = dataDifferences(card.dataset, data)
  const isKnown = known.some(({ name }) => name === data.name)
  if (differences.length === 0 && !card.dataset.identity && !isKnown) {
    differences.push(
      'images: the card of the model there has no hash of its images, so they cannot be compared',
    )
  }
  if (differences.length === 0) return
  throw new Error(
    `${folder}: there is a model of other data under this id:\n  ${differences.join('\n  ')}\n` +
      'Give another id with --id, or replace it with --replace.',
  )
}
