import type { Configuration } from '../../train/step/configuration.ts'
import type { State } from '../../train/step/engine.ts'
import type { Change, EpochRecord } from '../../train/step/run/record.ts'
import type { PackedData } from './data/training-data.ts'
import type { ExportedRun } from './exported-run.ts'

/** How far a worker trains before it pauses. */
export type Until = 'end' | 'epoch' | 'step'

/** What the page tells the worker that trains. */
export type Command =
  | {
      type: 'open'
      /** The run's id in the browser's storage. */
      run: string
      configuration: Configuration
      data: PackedData
      engine: TrainerEngine
      /** Milliseconds since 1970 when the run began. */
      startedAt: number
      /** The state to continue from; if undefined, the run's saved checkpoint, or the beginning. */
      checkpoint: TrainingCheckpoint | undefined
    }
  | { type: 'play'; until: Until }
  | { type: 'pause' }
  | { type: 'change'; beta: number; learningRate: number }
  | { type: 'export' }

/** The engines that the page trains on. */
export type TrainerEngine = 'wasm' | 'webgpu'

/** An epoch's record in metrics.jsonl, and figures that only the page shows. */
export interface EpochFigures extends EpochRecord {
  /** Euclidean norm of the loss's gradient at the epoch's first batch. */
  gradientNorm: number
  imagesPerSecond: number
}

/** What a run needs to continue, as it was at the end of an epoch. */
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

/** What the worker that trains tells the page. */
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
  /**
   * The browser could not save the checkpoint. Training continues, and the page holds the checkpoint while it is open.
   */
  | { type: 'checkpointNotSaved'; reason: 'full' | 'blocked'; checkpoint: TrainingCheckpoint }
  /** The browser has saved the checkpoint. */
  | { type: 'checkpointSaved' }
  /** The engine has failed: a new worker can continue from the last checkpoint. */
  | { type: 'lost'; message: string }
  /** Training has failed in a way that a new worker would repeat. */
  | { type: 'failed'; message: string }
  | { type: 'exported'; exported: ExportedRun }
  /** The export failed; training is not affected. */
  | { type: 'exportFailed'; message: string }
