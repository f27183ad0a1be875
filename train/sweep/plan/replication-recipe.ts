import { parseId } from '../../../models/ids.ts'
import { committedChoice } from '../../../models/paper/committed-search.ts'
import {
  type Choice,
  epochBudget,
  foldBudget,
  type RecipeGroup,
  rateWarmup,
} from '../../../models/paper/recipe.ts'
import type { Settings } from './settings.ts'

/**
 * The settings with which `replication` trains a model of the paper: its network, data and objective, batches of 100,
 * He's initialisation, a rate that falls along half a cosine, and the epoch of least validation loss. Rate and warm-up
 * of beta are those that the search chose for the model's data set, kind, depth and latent size.
 *
 * @returns null while the search of that group has not ended
 */
export function replicationRecipe(id: string): Settings | null {
  const group = groupOf(id)
  const chosen = committedChoice(group)
  return chosen && recipeOf(id, group, chosen)
}

/** The group of the search that a model of the paper belongs to. */
export function groupOf(id: string): RecipeGroup {
  const { data, kind, layers, latentDim } = parseId(id)
  return { dataset: data as RecipeGroup['dataset'], kind, layers, latentDim }
}

/** The settings of a group's model with a rate and a warm-up of beta. */
export function recipeOf(id: string, group: RecipeGroup, choice: Choice): Settings {
  const folds = foldBudget(group)
  return {
    id,
    ...(folds !== 'all' && { runFolds: folds }),
    ...optimizationOf(group, choice, epochBudget(group)),
  }
}

/** How a group's models are trained, in the search and after it, with a rate and a warm-up of beta. */
export function optimizationOf(group: RecipeGroup, { learningRate, betaWarmup }: Choice, epochs: number) {
  return {
    batch: 100,
    schedule: 'cosine',
    keep: 'best',
    epochs,
    lr: learningRate,
    warmup: rateWarmup(group),
    betaWarmup: betaWarmup * epochs,
  } as const
}
