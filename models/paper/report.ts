import type { Prior } from '../card.ts'

/** The paper's tables with our figures: what `npm run report` writes to models/paper/report.json. */
export interface Report {
  /** Number of results in it. */
  runs: number
  /** The paper's figures on test images, by how ours compare: VAEs at z drawn from the posterior. */
  tally: Tally
  rows: ReportRow[]
  /** The search of recipes, a row for each group of models. */
  recipes: RecipeRow[]
  /** Runs with other settings, which answer questions that the paper leaves open. They count in no tally. */
  variants: Variant[]
}

/** The outcome of the recipe search for a data set, kind, depth and latent size. */
export interface RecipeRow {
  dataset: 'mnist' | 'fashion-mnist' | 'freyface'
  kind: 'ae' | 'vae'
  layers: number
  latentDim: number
  /** Epochs of its runs, fixed before the search. */
  epochs: number
  /** Trials so far. */
  trials: number
  /** What the search chose; null while it has not ended. */
  chosen: { learningRate: number; betaWarmup: number } | null
  /** Rates chosen earlier, at which a run of all epochs diverged. */
  withdrawn: number[]
}

/**
 * How many figures are met (our mean, rounded like the paper's, is at most the paper's), and how many differ by more
 * than the spread.
 */
export interface Tally {
  /** All figures. */
  of: number
  /** Those that have been run. */
  run: number
  met: number
  better: number
  level: number
  worse: number
}

/** A mean over folds with the sample standard deviation (n − 1), null for fewer than three folds. */
export interface Mean {
  mean: number
  std: number | null
}

/** One row of one of the paper's tables and our figures for it. Losses are per pixel, KL in nats per image. */
export interface ReportRow {
  /** Number of the table in the paper. */
  table: number
  /** Id of the model, and name of its results. */
  id: string
  dataset: 'mnist' | 'fashion-mnist' | 'freyface'
  kind: 'ae' | 'vae'
  layers: number
  latentDim: number
  beta: number
  prior: Prior
  loss: 'bce' | 'mse' | 'l1'
  paper: Record<'validation' | 'test', { mean: number; std: number }>
  /** Null where no run is finished. */
  ours: Ours | null
  /** Verdict on the test figure: better or worse than the paper's by more than the spread, or level. */
  verdict: 'better' | 'level' | 'worse' | null
  /** Whether our test figure, rounded like the paper's, is at most the paper's. */
  met: boolean | null
}

/** Our runs of one model. */
export interface Ours {
  /** Folds that ran, and the number of folds. */
  n: number
  folds: number
  epochs: number
  /** Folds whose validation loss was lowest at the last epoch: it may have been falling still. */
  bestAtEnd: number
  /** Losses of a VAE are at z drawn from its posterior. */
  validation: Mean
  test: Mean
  /** A VAE's losses at z = mu; null for an AE, which has no posterior. */
  atMu: Record<'validation' | 'test', Mean> | null
  /** On the test images; null for an AE. */
  kl: number | null
  activeUnits: number
  /** Trains fold 0 again. */
  command: string
  /** SHA-256 of the weights of fold 0. */
  weights: string
}

/** A model trained with other settings than the tables' run of it: its figures, averaged over the folds that ran. */
export interface Variant {
  /** The model's id and the variant: `frey-vae-l6-z2-mse-nowarmup`. */
  name: string
  id: string
  /** What differs from the tables' run of this model. */
  differs: string
  n: number
  folds: number
  epochs: number
  /** The objective on training images over fold 0's last epoch, per pixel; null where its curve was not kept. */
  training: number | null
  /** Losses per pixel; a VAE's at z drawn from its posterior. */
  validation: Record<'bce' | 'mse' | 'l1', number>
  test: Record<'bce' | 'mse' | 'l1', number>
  /** A VAE's test losses at z = mu; null for an AE. */
  testAtMu: Record<'bce' | 'mse' | 'l1', number> | null
  kl: number | null
  activeUnits: number
  /** The run of the tables that it is compared with, on the same folds; null if it has not run on all of them. */
  usual: UsualRun | null
  command: string
}

/** The figures of a run of the tables, averaged over the folds of a variant. */
export type UsualRun = Pick<Variant, 'validation' | 'test' | 'kl'>

/** The objective over the epochs, in nats per image: [epoch, training, validation], thinned to at most 100 points. */
export type Curve = [epoch: number, train: number, validation: number][]

/** Curves by the name of the result; models/paper/curves.json holds those of `FIGURES`. */
export type Curves = Record<string, Curve>
