import type { Result } from '../../models/paper/result.ts'
import { defaultChoices } from '../fit/run-options.ts'
import type { Configuration } from '../step/configuration.ts'
import { byProtocol } from '../sweep/plan/presets.ts'
import { replicationRecipe } from '../sweep/plan/replication-recipe.ts'
import type { Settings } from '../sweep/plan/settings.ts'

/** How a model was trained: as the search chose, as the paper says, or neither. */
export function recipeOf({ id, optimization }: Result['configuration']): 'search' | 'protocol' | 'other' {
  const own = optimization as Configuration['optimization']
  const chosen = replicationRecipe(id)
  if (chosen && isTrainedBy(chosen, own)) return 'search'
  return isTrainedBy(byProtocol(id), own) ? 'protocol' : 'other'
}

function isTrainedBy(
  settings: Settings,
  { learningRate: lr, ...rest }: Configuration['optimization'],
): boolean {
  const wanted = { ...defaultChoices(), ...settings } as Record<string, unknown>
  return Object.entries({ lr, ...rest }).every(([name, value]) => wanted[name] === value)
}
