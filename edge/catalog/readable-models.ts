import type { Card } from '../../models/card.ts'
import type { Candidate } from '../../models/default-model.ts'
import type { CatalogEntry, Incident } from '../platform.ts'

/** The models whose cards could be read, with the properties by which a default model is chosen. */
export function readableModels(entries: readonly CatalogEntry[]): (Candidate & { id: string; card: Card })[] {
  return entries.flatMap(({ id, card }) => {
    if (!card) return []
    const { kind, latentDim, classes } = card.architecture
    const conditional = classes !== undefined
    return [{ id, card, dataset: card.dataset.name, kind, latentDim, conditional }]
  })
}

/** The models that cannot be used, and why. */
export function unreadableModels(entries: readonly CatalogEntry[]): Incident[] {
  return entries.flatMap(entry => (entry.card ? [] : [{ name: entry.id, reason: entry.reason }]))
}
