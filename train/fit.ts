import { createHash } from 'node:crypto'
import { appendFile, mkdir } from 'node:fs/promises'
import { parameterCount } from '../models/architecture.ts'
import { writeAtomic } from './atomic.ts'
import { epochRuns, stepsPerEpoch } from './batches.ts'
import { type Best, type Checkpoint, loadCheckpoint, saveCheckpoint } from './checkpoint.ts'
import type { Configuration } from './configuration.ts'
import type { Dataset } from './data/dataset.ts'
import { type Fold, fold } from './data/folds.ts'
import type { Engine, State } from './engine.ts'
import { openEngine } from './engines.ts'
import { type Evaluation, evaluate, type Model, openForward } from './evaluation.ts'
import { saveLayersModels } from './layersmodel.ts'
import { initialParameters, type Parameters, parameterShapes } from './parameters.ts'
import { type EpochRecord, loadEpochs, type Run, runFiles, saveRun } from './run.ts'
import { betaFactor, rateFactor } from './schedule.ts'
import { stateNames } from './step.ts'
import { type Events, openEvents } from './tfevents.ts'
import { versions } from './versions.ts'

/** Where a fit stands, for a progress display. */
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

export interface FitOptions {
  configuration: Configuration
  dataset: Dataset
  /** The run directory; made if need be. */
  directory: string
  /** Continue from the directory's checkpoint. */
  resume: boolean
  /** When it aborts, training ends after the steps under way and leaves a usable run. */
  signal?: AbortSignal
  onProgress?: (progress: Progress) => void
  onEpoch?: (record: EpochRecord) => void
}

/** About how long one call of the engine may take, so that progress shows and an interruption is answered. */
const RUN_SECONDS = 0.5
const FIRST_RUN = 10

interface Training extends FitOptions {
  fold: Fold
  engine: Engine
  withParameters(parameters: Parameters): Model
  events: Events
  run: Run
  checkpoint: Checkpoint
}

/**
 * Trains a model and writes its run directory: run.json, metrics.jsonl, a checkpoint after each epoch, TensorBoard
 * events, and at the end (or when interrupted) the encoder and decoder as TF.js LayersModels. Resuming gives the same
 * bits as never having stopped.
 *
 * @returns the finished (or interrupted) run's description
 * @throws Error when the loss is not finite, a file cannot be written or the engine fails; the last checkpoint stays
 */
export async function fitModel(options: FitOptions): Promise<Run> {
  const { configuration, dataset, directory, resume } = options
  const { data, architecture } = configuration
  await mkdir(directory, { recursive: true })
  const chosen = fold(dataset.train.count, data.folds, data.fold, data.foldSeed, data.split)
  const files = runFiles(directory)
  const checkpoint = resume
    ? await loadCheckpoint(files.checkpoint, configuration)
    : { epoch: 0, state: initialState(configuration), best: null }
  const records = resume ? await loadEpochs(directory, checkpoint.epoch) : []
  await writeAtomic(files.metrics, records.map(record => `${JSON.stringify(record)}\n`).join(''))
  const run = describe(options, chosen, records)
  await saveRun(directory, run)
  if (!resume) await saveCheckpoint(files.checkpoint, configuration, checkpoint)
  const forward = await openForward(architecture)
  const engine = await openEngine(configuration, checkpoint.state)
  run.versions[engine.device] = engine.name
  const events = openEvents(files.events, resume ? checkpoint.epoch + 1 : undefined)
  const training: Training = {
    ...options,
    fold: chosen,
    engine,
    withParameters: forward.withParameters,
    events,
    run,
    checkpoint,
  }
  try {
    return await trainAll(training)
  } catch (error) {
    await saveRun(directory, { ...run, status: 'failed', error: (error as Error).message }).catch(() => {})
    throw error
  } finally {
    await engine.close()
    await forward.close()
  }
}

/** Parameters as drawn for the seed, Adam's sums zero. */
export function initialState({ architecture, seed }: Configuration): State {
  const parameters = initialParameters(architecture, seed)
  return Object.fromEntries(
    parameterShapes(architecture).flatMap(({ name }) => {
      const { value, first, second } = stateNames(name)
      const zeros = () => new Float32Array(parameters[name].length)
      return [
        [value, parameters[name]],
        [first, zeros()],
        [second, zeros()],
      ] as const
    }),
  )
}

function describe({ configuration, dataset }: FitOptions, chosen: Fold, records: EpochRecord[]): Run {
  return {
    configuration,
    dataset: {
      name: dataset.name,
      height: dataset.height,
      width: dataset.width,
      classes: dataset.classes,
      trainImages: chosen.train.length,
      validationImages: chosen.validation.length,
      testImages: dataset.test.count,
      note: dataset.note ?? null,
    },
    parameters: parameterCount(configuration.architecture),
    versions: versions(),
    status: 'running',
    error: null,
    epochs: records.length,
    savedEpoch: null,
    seconds: records.reduce((sum, record) => sum + record.seconds, 0),
    weights: null,
    evaluations: [],
  }
}

async function trainAll(training: Training): Promise<Run> {
  const { configuration, directory, run, checkpoint, engine, signal } = training
  const { epochs, patience, keep } = configuration.optimization
  let status: Run['status'] = 'finished'
  while (checkpoint.epoch < epochs) {
    const record = await trainEpoch(training)
    if (!record) {
      status = 'interrupted'
      break
    }
    if (patience > 0 && checkpoint.epoch - (checkpoint.best?.epoch ?? 0) >= patience) {
      status = 'stopped early'
      break
    }
  }
  const partial = status === 'interrupted' && signal?.aborted
  const best = keep === 'best' && !partial ? checkpoint.best : null
  const parameters = best?.parameters ?? (await engine.read())
  await saveLayersModels(directory, configuration.architecture, parameters)
  Object.assign(run, {
    status,
    epochs: checkpoint.epoch,
    savedEpoch: partial ? null : (best?.epoch ?? checkpoint.epoch),
    weights: weightHash(configuration, parameters),
    evaluations: partial ? [] : await finalEvaluations(training, parameters),
  })
  await saveRun(directory, run)
  return run
}

/** Trains one epoch, evaluates it and writes its checkpoint; null when interrupted before its end. */
async function trainEpoch(training: Training): Promise<EpochRecord | null> {
  const { configuration, dataset, directory, engine, checkpoint, run, events } = training
  const { optimization, objective } = configuration
  const { batch, epochs } = optimization
  const started = performance.now()
  const means = await takeSteps(training)
  if (!means) return null
  const state = await engine.read()
  const validation = await evaluate(training.withParameters(state), configuration, dataset.train, {
    indices: training.fold.validation,
    latent: 'mu',
    seed: configuration.seed,
  })
  const epoch = checkpoint.epoch + 1
  const perEpoch = stepsPerEpoch(training.fold.train.length, batch)
  const last = epoch * perEpoch - 1
  const { bce, mse, l1, activeUnits } = validation
  const kl = validation.posterior?.kl ?? 0
  const record: EpochRecord = {
    epoch,
    seconds: (performance.now() - started) / 1000,
    learningRate:
      optimization.learningRate *
      rateFactor(optimization.schedule, last, epochs * perEpoch, optimization.warmup * perEpoch),
    beta: objective.beta * betaFactor(last, optimization.betaWarmup * perEpoch),
    train: means,
    validation: { loss: validationLoss(configuration, validation), bce, mse, l1, kl, activeUnits },
  }
  Object.assign(checkpoint, { epoch, state, best: better(training, record, state) })
  await appendFile(runFiles(directory).metrics, `${JSON.stringify(record)}\n`)
  await saveCheckpoint(runFiles(directory).checkpoint, configuration, checkpoint)
  Object.assign(run, { epochs: epoch, seconds: run.seconds + record.seconds })
  await saveRun(directory, run)
  events.scalars(epoch, flatten(record))
  training.onEpoch?.(record)
  return record
}

/** All steps of the next epoch; their mean losses in nats per image, or null when interrupted. */
async function takeSteps(training: Training): Promise<EpochRecord['train'] | null> {
  const { configuration, dataset, engine, checkpoint, signal, onProgress } = training
  const { batch, epochs } = configuration.optimization
  const indices = training.fold.train
  const totals = { loss: 0, reconstruction: 0, kl: 0 }
  let images = 0
  let step = 0
  const started = performance.now()
  const pace = { count: FIRST_RUN }
  for (const steps of epochRuns(configuration, dataset.train, indices, checkpoint.epoch, () => pace.count)) {
    if (signal?.aborted) return null
    const before = performance.now()
    const result = await engine.run(steps)
    const seconds = (performance.now() - before) / 1000
    pace.count = Math.max(1, Math.round((RUN_SECONDS / seconds) * steps.count))
    for (const name of ['loss', 'reconstruction', 'kl'] as const) {
      for (const value of result[name]) totals[name] += value * steps.batch
    }
    images += steps.count * steps.batch
    step += steps.count
    if (!Number.isFinite(totals.loss)) throw diverged(training, step)
    const imagesPerSecond = (images / (performance.now() - started)) * 1000
    const perEpoch = stepsPerEpoch(indices.length, batch)
    const loss = totals.loss / images
    onProgress?.({ epoch: checkpoint.epoch + 1, epochs, step, steps: perEpoch, loss, imagesPerSecond })
  }
  return {
    loss: totals.loss / images,
    reconstruction: totals.reconstruction / images,
    kl: totals.kl / images,
  }
}

function diverged({ checkpoint, directory, configuration }: Training, step: number): Error {
  const { learningRate } = configuration.optimization
  return new Error(
    `the loss is not a finite number in epoch ${checkpoint.epoch + 1}, at or before step ${step}. ` +
      `The checkpoint after epoch ${checkpoint.epoch} is intact in ${directory}; a learning rate below ${learningRate}, or a warm-up, may cure it.`,
  )
}

/** The objective on held-out images at z = mu, nats per image, with beta at its peak so that epochs compare. */
function validationLoss({ objective, architecture }: Configuration, evaluation: Evaluation): number {
  return (
    evaluation[objective.reconstruction] * architecture.inputDim +
    objective.beta * (evaluation.posterior?.kl ?? 0)
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

async function finalEvaluations(training: Training, parameters: Parameters): Promise<Run['evaluations']> {
  const { configuration, dataset, fold } = training
  const model = training.withParameters(parameters)
  const { seed } = configuration
  const evaluations: Run['evaluations'] = []
  for (const latent of configuration.architecture.kind === 'vae'
    ? (['mu', 'sampled'] as const)
    : (['mu'] as const)) {
    const held = { indices: fold.validation, latent, seed }
    evaluations.push({ split: 'validation', ...(await evaluate(model, configuration, dataset.train, held)) })
    evaluations.push({
      split: 'test',
      ...(await evaluate(model, configuration, dataset.test, { latent, seed })),
    })
  }
  return evaluations
}

/** SHA-256 over a model's parameters in the order of `parameterShapes`. */
export function weightHash({ architecture }: Configuration, parameters: Parameters): string {
  const hash = createHash('sha256')
  for (const { name } of parameterShapes(architecture)) hash.update(parameters[name])
  return hash.digest('hex')
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
