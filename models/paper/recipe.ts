import { z } from 'zod'
import { ModelId } from '../card.ts'

/**
 * Models that share a recipe: those of one data set, kind, number of layers and latent size. The latent size is
 * included because the search finds other rates for other sizes.
 */
export interface RecipeGroup {
  dataset: 'mnist' | 'fashion-mnist' | 'freyface'
  kind: 'ae' | 'vae'
  layers: number
  latentDim: number
}

/** One run of the search, by its validation loss alone. */
export const Trial = z.strictObject({
  dataset: z.enum(['mnist', 'fashion-mnist', 'freyface']),
  kind: z.enum(['ae', 'vae']),
  layers: z.int().min(1),
  latentDim: z.int().min(1),
  /** Adam's peak rate, which falls along half a cosine. */
  learningRate: z.number().positive(),
  /** Share of the epochs over which beta rises from 0. */
  betaWarmup: z.number().min(0).max(1),
  epochs: z.int().min(1),
  /** The fold held out, and the seed of weights, order and noise. */
  fold: z.int(),
  seed: z.int(),
  /** Negative ELBO at z drawn (an AE: reconstruction) on the held-out fold, nats per image; null where it diverged. */
  validation: z.number().nullable(),
  /** SHA-256 of the weights measured; null where it diverged. */
  weights: z.string().nullable(),
})
export type Trial = z.infer<typeof Trial>

/**
 * A run of all epochs whose validation objective ended above where it was after the first epoch. A quarter of the epochs
 * does not always show that a rate is too high: it stays high for longer in a run of all of them.
 */
export const Divergence = Trial.omit({ validation: true }).extend({
  /** The model, one of the group's. */
  model: ModelId,
  weights: z.string(),
  /** The objective on the held-out fold at z = mu after the first epoch and the last, nats per image. */
  first: z.number(),
  last: z.number(),
})
export type Divergence = z.infer<typeof Divergence>

/** The settings that the search chooses. */
export type Choice = Pick<Trial, 'learningRate' | 'betaWarmup'>

/** The search's first rate; the others are this times a power of two. */
const FIRST_RATE = 0.004

/** Epochs of a group's runs, fixed before the search according to their cost, the same for AEs and VAEs. */
export function epochBudget({ dataset, layers }: RecipeGroup): number {
  if (dataset === 'freyface') return layers < 3 ? 1000 : layers < 5 ? 500 : 300
  return [60, 30, 30, 20, 12, 12][layers - 1] ?? 8
}

/** Epochs of the search's runs: a quarter of the group's. */
export function searchEpochs(group: RecipeGroup): number {
  return Math.ceil(epochBudget(group) / 4)
}

/** How many folds of the cross-validation a group's models are trained on: by cost all or, from three layers on, three. */
export function foldBudget({ layers }: RecipeGroup): number | 'all' {
  return layers < 3 ? 'all' : 3
}

/** Epochs over which the rate rises linearly at the start. */
export function rateWarmup({ dataset, layers }: RecipeGroup): number {
  if (dataset === 'freyface') return 10
  return [0, 1][layers - 1] ?? 0.5
}

/** Every group of the paper's tables, those of small images first, then the shallow ones. */
export const RECIPE_GROUPS: readonly RecipeGroup[] = [
  ...groupsOf(['freyface']),
  ...groupsOf(['mnist', 'fashion-mnist']),
]

function groupsOf(datasets: RecipeGroup['dataset'][]): RecipeGroup[] {
  const shapes = [
    ...[2, 8, 64].map(latentDim => ({ layers: 1, latentDim })),
    ...[2, 3, 4, 5, 6, 7, 8].map(layers => ({ layers, latentDim: 2 })),
  ]
  return shapes.flatMap(shape =>
    datasets.flatMap(dataset => (['ae', 'vae'] as const).map(kind => ({ dataset, kind, ...shape }))),
  )
}

/**
 * The next run of a group's search, given the finished ones; null once the search has ended. The rate is halved, or
 * else doubled, as long as the validation loss falls, so that the search ends with both neighbours of the best rate
 * tried. VAEs of FreyFace start with a beta that rises over half the epochs, and are then tried once with a constant
 * beta at the best rate: only for these is the KL term large beside the reconstruction term (an MSE).
 */
export function nextTrial(group: RecipeGroup, trials: readonly Trial[]): Choice | null {
  const betaWarmup = group.dataset === 'freyface' && group.kind === 'vae' ? 0.5 : 0
  const own = trialsOf(group, trials)
  const tried = (choice: Choice) => own.some(trial => isChoice(trial, choice))
  const first = { learningRate: FIRST_RATE, betaWarmup }
  if (!tried(first)) return first
  const best = leastLoss(own.filter(trial => trial.betaWarmup === betaWarmup))
  const wanted: Choice[] = [0.5, 2].map(factor => ({ learningRate: best.learningRate * factor, betaWarmup }))
  if (betaWarmup > 0) wanted.push({ learningRate: best.learningRate, betaWarmup: 0 })
  return wanted.find(choice => !tried(choice)) ?? null
}

/**
 * The search's choice for a group: its trial of least validation loss at a rate below those at which a run of all epochs
 * diverged on any fold. Null while the search has not ended, or where every rate tried has diverged.
 */
export function chosenTrial(
  group: RecipeGroup,
  trials: readonly Trial[],
  diverged: readonly Divergence[],
): Trial | null {
  if (nextTrial(group, trials)) return null
  const rates = diverged.filter(run => isSameGroup(run, group)).map(run => run.learningRate)
  const left = trialsOf(group, trials).filter(trial => rates.every(rate => trial.learningRate < rate))
  return left.length > 0 ? leastLoss(left) : null
}

/** A group's trials, in the order in which they were made. */
export function trialsOf(group: RecipeGroup, trials: readonly Trial[]): Trial[] {
  return trials.filter(trial => isSameGroup(trial, group))
}

/** Whether two share a recipe. */
export function isSameGroup(a: RecipeGroup, b: RecipeGroup): boolean {
  return a.dataset === b.dataset && a.kind === b.kind && a.layers === b.layers && a.latentDim === b.latentDim
}

function leastLoss(trials: readonly Trial[]): Trial {
  const loss = ({ validation }: Trial) => validation ?? Number.POSITIVE_INFINITY
  return trials.reduce((best, trial) => (loss(trial) < loss(best) ? trial : best))
}

function isChoice(trial: Trial, { learningRate, betaWarmup }: Choice): boolean {
  return trial.learningRate === learningRate && trial.betaWarmup === betaWarmup
}
