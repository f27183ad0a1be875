import type { Prior } from '../card.ts'

/** What `npm run report` makes of the committed results; models/paper/report.json holds one. */
export interface Report {
  /** Results it was made from. */
  runs: number
  /** The paper's figures on test images, by what ours are beside them. */
  tally: Tally
  rows: ReportRow[]
  /** Runs beside the tables, which answer what the paper leaves open. */
  variants: Variant[]
}

/** Of figures: how many are printed as the paper's or lower, and how many are better or worse beyond the spread. */
export interface Tally {
  of: number
  /** Have a run of ours beside them. */
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

/** One line of one of the paper's tables with ours beside it. Losses are per pixel, KL in nats per image. */
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
  /** At z = mu; null where no run is finished. */
  ours: Ours | null
  /** Of the test figure: better or worse than the paper's by more than the spread, or neither. */
  verdict: 'better' | 'level' | 'worse' | null
  /** Whether the test figure, rounded as the paper's, is no larger. */
  met: boolean | null
}

/** Our runs of one model. */
export interface Ours {
  /** Folds that ran, of how many. */
  n: number
  folds: number
  epochs: number
  validation: Mean
  test: Mean
  /** The same with z drawn from the posterior; null for an AE. */
  sampled: Record<'validation' | 'test', Mean> | null
  /** On the test images; null for an AE. */
  kl: number | null
  activeUnits: number
  /** Trains fold 0 again. */
  command: string
  /** SHA-256 of the weights of fold 0. */
  weights: string
}

/** A model trained otherwise than the tables': its figures on test images, averaged over the folds that ran. */
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
  validation: Record<'bce' | 'mse' | 'l1', number>
  test: Record<'bce' | 'mse' | 'l1', number>
  kl: number | null
  activeUnits: number
  command: string
}

/** The objective over the epochs, in nats per image: [epoch, training, validation], thinned to at most 100 points. */
export type Curve = [epoch: number, train: number, validation: number][]

/** Curves by the name of the result; models/paper/curves.json holds those of `FIGURES`. */
export type Curves = Record<string, Curve>
