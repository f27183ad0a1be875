import { join } from 'node:path'
import type { Card } from '../../models/card.ts'
import { writeAtomic } from './write-atomic.ts'

/** Writes `card.json` into a model's folder: indented JSON with each list of numbers on one line. */
export async function writeCard(folder: string, card: Card): Promise<void> {
  const text = JSON.stringify(card, null, 2).replace(/\[[-\d.e,+\s]+\]/g, list =>
    list.replace(/\s+/g, ' ').replace('[ ', '[').replace(' ]', ']'),
  )
  await writeAtomic(join(folder, 'card.json'), `${text}\n`)
}
