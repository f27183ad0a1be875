import type { Card } from '../../models/card.ts'
import type { Candidate } from '../../models/default-model.ts'
import type { Entry } from '../platform.ts'

/** The models whose card could be read, with what `firstModel` goes by. */
export function described(entries: readonly Entry[]): (Candidate & { id: string; card: Card })[] {
  return entries.flatMap(({ id, card }) => {
    if (!card) return []
    const { kind, latentDim } = card.architecture
    return [{ id, card, dataset: card.dataset.name, kind, latentDim }]
  })
}
