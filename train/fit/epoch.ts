import { appendFile } from 'node:fs/promises'
import { unwritten } from '../../export/files/write-atomic.ts'
import type { Dataset } from '../data/dataset.ts'
import type { Configuration } from '../step/configuration.ts'
import type { Engine, State } from '../step/engine.ts'
import type { HeldOutSplit } from '../step/evaluation.ts'
import type { Fold } from '../step/folds.ts'
import type { ForwardPass } from '../step/forward.ts'
import { type Parameters, parameterShapes } from '../step/parameters.ts'
import type { Best, Checkpoint } from '../step/run/checkpoint.ts'
import { formatEpoch } from '../step/run/format-run.ts'
import { measureEpoch } from '../step/run/measure-epoch.ts'
import type { EpochRecord, Run } from '../step/run/record.ts'
import { type EpochLosses, takeEpoch } from '../step/take-epoch.ts'
import { saveCheckpoint } from './checkpoint.ts'
import { runFiles, saveRun } from './run.ts'
import type { Events } from './tensorboard-events.ts'

/** Progress of a fit. */
export interface Progress {
  /** From 1. */
  epoch: number
  epochs: number
  /** Steps done of this epoch. */
  step: number
  steps: number
  /** Mean objective of the epoch so far, nats per image. */
  loss: number
  imagesPerSecond: number
}

/** Options of `fitModel`. */
export interface FitOptions {
  configuration: Configuration
  dataset: Dataset
  /** The run directory; created if missing. */
  directory: string
  /** Continue from the directory's checkpoint. */
  resume: boolean
  /** Splits on which the finished run is evaluated; validation and test by default. */
  splits?: readonly HeldOutSplit[]
  /** Aborting it ends training after the current steps and leaves a usable run. */
  signal?: AbortSignal
  onProgress?: (progress: Progress) => void
  onEpoch?: (record: EpochRecord) => void
  /** Called with remarks that are not errors, for example that a damaged checkpoint was skipped. */
  onNotice?: (line: string) => void
  /** Initial weights; drawn with the seed by default. */
  initial?: Parameters
}

/** The options and the opened parts of a running training. */
export interface Training extends FitOptions {
  fold: Fold
  /** The data set for evaluation, with binary pixels where training draws them. */
  measured: Dataset
  engine: Engine
  withParameters(parameters: Parameters): ForwardPass
  events: Events
  run: Run
  checkpoint: Checkpoint
  saves: Saves
}

/** What is known of the checkpoints written so far, to decide when the next is due. */
export interface Saves {
  /** The epoch of the last one. */
  epoch: number
  /** When it had been written, by `performance.now()`, and how long that took: milliseconds. */
  ended: number
  took: number
}

/** Target duration of one call of the engine: short enough for a smooth progress bar and a quick interruption. */
const RUN_SECONDS = 0.5
/**
 * The least time between two checkpoints, as a multiple of what the last took to write. Epochs of a small data set take
 * less time than a checkpoint.
 */
const TIMES_BETWEEN = 10

/**
 * Trains one epoch, evaluates it on the validation images and, when one is due, writes a checkpoint; null if interrupted
 * before its end.
 */
export async function trainEpoch(training: Training): Promise<EpochRecord | null> {
  const { configuration, directory, engine, checkpoint, run, events, saves } = training
  const started = performance.now()
  const means = await takeSteps(training)
  if (!means) return null
  const state = await engine.read()
  const epoch = checkpoint.epoch + 1
  const record = await measureEpoch({
    configuration,
    epoch,
    train: means,
    model: training.withParameters(state),
    images: training.measured.train,
    fold: training.fold,
    seconds: () => (performance.now() - started) / 1000,
  })
  const { metrics } = runFiles(directory)
  await appendFile(metrics, formatEpoch(record)).catch(cause => {
    throw unwritten(metrics, cause, `the checkpoint after epoch ${checkpoint.epoch} is intact`)
  })
  Object.assign(checkpoint, { epoch, state, best: better(training, record, state) })
  Object.assign(run, { epochs: epoch, seconds: run.seconds + record.seconds })
  if (performance.now() - saves.ended >= TIMES_BETWEEN * saves.took) await saveProgress(training)
  events.scalars(epoch, flatten(record))
  training.onEpoch?.(record)
  return record
}

/** Writes the checkpoint and run.json, unless those of this epoch are written already. */
export async function saveProgress({
  configuration,
  directory,
  checkpoint,
  run,
  saves,
}: Training): Promise<void> {
  if (saves.epoch === checkpoint.epoch) return
  const started = performance.now()
  await saveCheckpoint(runFiles(directory), configuration, checkpoint)
  await saveRun(directory, run)
  const ended = performance.now()
  Object.assign(saves, { epoch: checkpoint.epoch, ended, took: ended - started })
}

/** Takes all steps of the next epoch. Returns their mean losses in nats per image, or null if interrupted. */
async function takeSteps(training: Training): Promise<EpochLosses | null> {
  const { configuration, dataset, engine, checkpoint, signal, onProgress } = training
  const { epochs } = configuration.optimization
  return takeEpoch({
    configuration,
    engine,
    signal,
    images: { ...dataset.train, height: dataset.height, width: dataset.width },
    indices: training.fold.train,
    epoch: checkpoint.epoch,
    seconds: RUN_SECONDS,
    now: () => performance.now(),
    onSteps: ({ step, steps, totals, imagesPerSecond }) => {
      if (!Number.isFinite(totals.loss)) throw diverged(training, step)
      onProgress?.({ epoch: checkpoint.epoch + 1, epochs, step, steps, loss: totals.loss, imagesPerSecond })
    },
  })
}

function diverged({ checkpoint, directory, configuration }: Training, step: number): Error {
  const { learningRate } = configuration.optimization
  return new Error(
    `the loss is not a finite number in epoch ${checkpoint.epoch + 1}, at or before step ${step}. ` +
      `The checkpoint after epoch ${checkpoint.epoch} is intact in ${directory}; a learning rate below ${learningRate}, or a warm-up, may cure it.`,
  )
}

function better({ checkpoint, configuration }: Training, record: EpochRecord, state: State): Best | null {
  const { patience, keep } = configuration.optimization
  if (patience === 0 && keep === 'last') return null
  const { loss } = record.validation
  if (checkpoint.best && checkpoint.best.loss <= loss) return checkpoint.best
  const names = parameterShapes(configuration.architecture).map(({ name }) => name)
  return { epoch: record.epoch, loss, parameters: Object.fromEntries(names.map(name => [name, state[name]])) }
}

/** An epoch's numbers as TensorBoard tags: train/loss, validation/bce … */
function flatten(record: EpochRecord): Record<string, number> {
  const tagged = (group: string, values: Record<string, number>) =>
    Object.entries(values).map(([name, value]) => [`${group}/${name}`, value] as const)
  return Object.fromEntries([
    ...tagged('train', record.train),
    ...tagged('validation', record.validation),
    ...tagged('schedule', { learningRate: record.learningRate, beta: record.beta }),
  ])
}
