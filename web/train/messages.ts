import type { Configuration } from '../../train/step/configuration.ts'
import type { MadeModel } from './make-model.ts'
import type { TrainingData } from './training-data.ts'

/** What the page asks of the worker that trains. */
export type Command =
  | {
      type: 'open'
      /** The run's name in the browser's storage. */
      run: string
      configuration: Configuration
      data: TrainingData
      engine: TrainerEngine
      /** Milliseconds since 1970 when the run began. */
      began: number
      /** Go on from the run's checkpoint in the browser's storage. */
      resume: boolean
    }
  | { type: 'play'; until: 'end' | 'epoch' | 'step' }
  | { type: 'pause' }
  | { type: 'change'; beta: number; learningRate: number }
  | { type: 'make' }

/** Engines on which the page trains. */
export type TrainerEngine = 'wasm' | 'webgpu'

/** Values that were moved while a run was under way. */
export interface Change {
  /** Steps taken before, from the start of training. */
  step: number
  beta: number
  learningRate: number
}

/** An epoch's figures: losses in nats per image. */
export interface EpochFigures {
  /** From 1. */
  epoch: number
  train: { loss: number; reconstruction: number; kl: number }
  validation: { loss: number; kl: number; activeUnits: number; bce: number; mse: number; l1: number }
  /** Euclidean norm of the loss's gradient at the epoch's first batch. */
  gradientNorm: number
  imagesPerSecond: number
}

/** What the model makes of fixed inputs at one moment. */
export interface Snapshot {
  /** mu of the first test images, [images, D_z]. */
  mu: Float32Array
  /** Reconstructions of the first ten test images at z = mu, [10, D_x]. */
  reconstructions: Float32Array
  /** Sixteen images decoded from fixed draws of the prior, [16, D_x]. */
  samples: Float32Array
}

/** What the worker tells the page. */
export type Report =
  | { type: 'opened'; epoch: number; figures: EpochFigures[]; changes: Change[] }
  | {
      type: 'progress'
      epoch: number
      step: number
      steps: number
      loss: number
      losses: Float32Array
      imagesPerSecond: number
    }
  | { type: 'snapshot'; snapshot: Snapshot }
  | { type: 'epoch'; figures: EpochFigures }
  | { type: 'paused' }
  | { type: 'finished' }
  /** Training goes on, but something is not as it should be. */
  | { type: 'warning'; message: string }
  | { type: 'failed'; message: string }
  | { type: 'made'; model: MadeModel }
