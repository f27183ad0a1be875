import { join } from 'node:path'
import type { Card } from '../../models/card.ts'
import { formatCard } from '../../models/format-card.ts'
import { writeAtomic } from './write-atomic.ts'

/** Writes `card.json` into a model's folder. */
export async function writeCard(folder: string, card: Card): Promise<void> {
  await writeAtomic(join(folder, 'card.json'), formatCard(card))
}
