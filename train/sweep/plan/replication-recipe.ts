import { parseId } from '../../../models/ids.ts'
import {
  chosenTrial,
  epochBudget,
  type RecipeGroup,
  rateWarmup,
  Trial,
} from '../../../models/paper/recipe.ts'
import table from '../../../models/paper/search.json' with { type: 'json' }
import { earlierRecipe } from './earlier-recipe.ts'
import type { Settings } from './settings.ts'

/**
 * How `replication` trains a model of the paper: its network, data and objective in batches of 100, with He's
 * initialisation, a rate that falls along half a cosine and the epoch of least validation loss. Rate and warm-up of
 * beta are those that the search chose for the model's data set, kind, depth and latent size; by the earlier recipe where the
 * search has not ended.
 */
export function replicationRecipe(id: string): Settings {
  const { data, kind, layers, latentDim } = parseId(id)
  const group: RecipeGroup = { dataset: data as RecipeGroup['dataset'], kind, layers, latentDim }
  const chosen = chosenTrial(group, Trial.array().parse(table))
  if (!chosen) return earlierRecipe(id)
  const epochs = epochBudget(group)
  return {
    id,
    batch: 100,
    schedule: 'cosine',
    keep: 'best',
    epochs,
    lr: chosen.learningRate,
    warmup: rateWarmup(group),
    betaWarmup: chosen.betaWarmup * epochs,
  }
}
