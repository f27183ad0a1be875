import type { Configuration } from '../../../train/step/configuration.ts'
import type { Engine, State } from '../../../train/step/engine.ts'
import type { Fold } from '../../../train/step/folds.ts'
import type { ForwardPass } from '../../../train/step/forward.ts'
import type { DividedImages } from '../../../train/step/images.ts'
import type { OnnxRuntime } from '../../../train/step/onnx-engine.ts'
import { type Parameters, parameterShapes } from '../../../train/step/parameters.ts'
import type { Change } from '../../../train/step/run/record.ts'
import type { EpochFigures, Report, Snapshot, TrainingCheckpoint } from '../messages.ts'
import type { Pace } from './run-control.ts'

/** What a worker trains, and with what. */
export interface TrainerOptions {
  configuration: Configuration
  data: DividedImages
  runtime: OnnxRuntime
  /** Versions of what computes, for run.json. */
  versions: Record<string, string>
  engine: Engine
  withParameters(parameters: Parameters): ForwardPass
  /** Where training stands: 0 epochs, or a checkpoint. */
  from: TrainingCheckpoint
  /** Milliseconds since 1970 when the run began. */
  began: number
  report(report: Report): void
  /** Keeps what training continues from; a failure of it does not end training. */
  save(checkpoint: TrainingCheckpoint): Promise<void>
}

/** A run under way. */
export interface Running extends TrainerOptions {
  fold: Fold
  pace: Pace
  /** Beta and learning rate as they are set now. */
  moved: { beta: number; learningRate: number }
  changes: Change[]
  figures: EpochFigures[]
  /** Steps taken since the start of training, and steps of an epoch. */
  steps: number
  perEpoch: number
  /** The state at the end of the last whole epoch. */
  checkpoint: { epoch: number; state: State }
  takeSnapshot(parameters: Parameters, model: ForwardPass): Promise<Snapshot>
}

/** The parameters of a state, without Adam's sums. */
export function parametersOf({ configuration }: Pick<Running, 'configuration'>, state: State): Parameters {
  return Object.fromEntries(
    parameterShapes(configuration.architecture).map(({ name }) => [name, state[name]]),
  )
}
