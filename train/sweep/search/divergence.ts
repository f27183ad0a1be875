import { readJson } from '../../../export/files/read-json.ts'
import { paperRows } from '../../../models/paper/paper-rows.ts'
import { chosenTrial, Divergence, epochBudget, type Trial } from '../../../models/paper/recipe.ts'
import type { Result } from '../../../models/paper/result.ts'
import { groupOf } from '../plan/replication-recipe.ts'

/**
 * The results that show a chosen rate to be too high: runs of all epochs, by the search's present choice for their group,
 * whose validation objective ended above where it was after the first epoch.
 *
 * @param known divergences found before, which the present choice depends on
 */
export function findDivergences(
  results: readonly Result[],
  trials: readonly Trial[],
  known: readonly Divergence[],
): Divergence[] {
  const ids = new Set(paperRows().map(({ id }) => id))
  return results.flatMap(result => {
    const { name, configuration, curve = [], weights } = result
    if (!ids.has(name) || curve.length === 0) return []
    const group = groupOf(name)
    const chosen = chosenTrial(group, trials, known)
    if (!chosen) return []
    const { learningRate, betaWarmup } = chosen
    const epochs = epochBudget(group)
    const { optimization, data, seed } = configuration
    const isChosen =
      optimization.epochs === epochs &&
      optimization.learningRate === learningRate &&
      optimization.betaWarmup === betaWarmup * epochs
    const [, , first] = curve[0]
    const [, , last] = curve[curve.length - 1]
    if (!isChosen || last <= first) return []
    const { fold } = data
    return [{ ...group, learningRate, betaWarmup, epochs, fold, seed, model: name, weights, first, last }]
  })
}

/** Reads the table of divergences; empty if there is no file. */
export async function loadDivergences(path: string): Promise<Divergence[]> {
  return (await readJson(path, Divergence.array(), 'a table of runs that diverged')) ?? []
}
