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
 * The settings with which `replication` trains a model of the paper: its network, data and objective, batches of 100,
 * He's initialisation, a rate that falls along half a cosine, and the epoch of least validation loss. Rate and warm-up
 * of beta are those that the search chose for the model's data set, kind, depth and latent size, or those of the
 * earlier recipe while its search is unfinished.
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
