import divergedTable from './diverged.json' with { type: 'json' }
import { chosenTrial, Divergence, type RecipeGroup, Trial } from './recipe.ts'
import trialTable from './search.json' with { type: 'json' }

/** All trials of the search, from search.json. */
export const TRIALS: readonly Trial[] = Trial.array().parse(trialTable)

/** The runs that diverged at a rate which the search had chosen, from diverged.json. */
export const DIVERGED: readonly Divergence[] = Divergence.array().parse(divergedTable)

/** The search's choice for a group; null while the search has not ended. */
export function committedChoice(group: RecipeGroup): Trial | null {
  return chosenTrial(group, TRIALS, DIVERGED)
}
