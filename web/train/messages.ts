import type { Configuration } from '../../train/step/configuration.ts'
import type { State } from '../../train/step/engine.ts'
import type { Change, EpochRecord } from '../../train/step/run/record.ts'
import type { PackedData } from './data/training-data.ts'
import type { MadeRun } from './exported-run.ts'

/** How far a worker is to train before it waits. */
export type Until = 'end' | 'epoch' | 'step'

/** What the page asks of the worker that trains. */
export type Command =
  | {
      type: 'open'
      /** The run's name in the browser's storage. */
      run: string
      configuration: Configuration
      data: PackedData
      engine: TrainerEngine
      /** Milliseconds since 1970 when the run began. */
      began: number
      /** What to go on from; without it, the run's checkpoint in the browser's storage, or the beginning. */
      checkpoint: TrainingCheckpoint | undefined
    }
  | { type: 'play'; until: Until }
  | { type: 'pause' }
  | { type: 'change'; beta: number; learningRate: number }
  | { type: 'make' }

/** Engines on which the page trains. */
export type TrainerEngine = 'wasm' | 'webgpu'

/** An epoch's line of metrics.jsonl, and what only the page shows. */
export interface EpochFigures extends EpochRecord {
  /** Euclidean norm of the loss's gradient at the epoch's first batch. */
  gradientNorm: number
  imagesPerSecond: number
}

/** What training continues from, as it was at the end of an epoch. */
export interface TrainingCheckpoint {
  epoch: number
  state: State
  figures: EpochFigures[]
  changes: Change[]
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
  | { type: 'changed'; changes: Change[] }
  | { type: 'paused' }
  | { type: 'finished' }
  /** Training goes on, but the browser does not keep it: the page does, as long as it is open. */
  | { type: 'unkept'; reason: 'full' | 'blocked'; checkpoint: TrainingCheckpoint }
  /** The checkpoint is in the browser's storage. */
  | { type: 'kept' }
  /** The engine is gone: a new worker can go on from the last checkpoint. */
  | { type: 'lost'; message: string }
  /** Training cannot go on. */
  | { type: 'failed'; message: string }
  | { type: 'made'; made: MadeRun }
  /** The run directory could not be made; training is as it was. */
  | { type: 'unmade'; message: string }
