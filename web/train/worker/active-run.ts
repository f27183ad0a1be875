import type { Configuration } from '../../../train/step/configuration.ts'
import type { Engine, State } from '../../../train/step/engine.ts'
import type { Fold } from '../../../train/step/folds.ts'
import type { ForwardPass } from '../../../train/step/forward.ts'
import type { DividedImages } from '../../../train/step/images.ts'
import type { OnnxRuntime } from '../../../train/step/onnx-engine.ts'
import { type Parameters, parameterShapes } from '../../../train/step/parameters.ts'
import type { Change } from '../../../train/step/run/record.ts'
import type { EpochFigures, Report, Snapshot, TrainingCheckpoint } from '../messages.ts'
import type { RunControl } from './run-control.ts'

/** What a worker trains, and what with. */
export interface TrainerOptions {
  configuration: Configuration
  data: DividedImages
  runtime: OnnxRuntime
  /** Versions of the software, for run.json. */
  versions: Record<string, string>
  engine: Engine
  withParameters(parameters: Parameters): ForwardPass
  /** The state to continue from: a checkpoint, or one of 0 epochs. */
  from: TrainingCheckpoint
  /** Milliseconds since 1970 when the run began. */
  startedAt: number
  report(report: Report): void
  /** Saves a checkpoint. If that fails, training continues. */
  save(checkpoint: TrainingCheckpoint): Promise<void>
}

/** A run in training. */
export interface ActiveRun extends TrainerOptions {
  fold: Fold
  control: RunControl
  /** Beta and learning rate as they are set now. */
  settings: { beta: number; learningRate: number }
  changes: Change[]
  figures: EpochFigures[]
  /** Steps taken since the start of training, and steps in an epoch. */
  steps: number
  epochSteps: number
  /** The state at the end of the last whole epoch. */
  checkpoint: { epoch: number; state: State }
  takeSnapshot(parameters: Parameters, model: ForwardPass): Promise<Snapshot>
}

/** The parameters of a state, without Adam's sums. */
export function parametersOf({ configuration }: Pick<ActiveRun, 'configuration'>, state: State): Parameters {
  return Object.fromEntries(
    parameterShapes(configuration.architecture).map(({ name }) => [name, state[name]]),
  )
}
