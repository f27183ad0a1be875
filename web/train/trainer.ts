import { drawPrior } from '../../models/draws.ts'
import { oneHot } from '../../models/one-hot.ts'
import { stepsPerEpoch } from '../../train/step/batches.ts'
import type { Configuration } from '../../train/step/configuration.ts'
import type { Engine, State, Steps } from '../../train/step/engine.ts'
import { evaluate, heldOutLoss } from '../../train/step/evaluation.ts'
import { type Fold, fold } from '../../train/step/folds.ts'
import type { ForwardBatch, ForwardPass } from '../../train/step/forward.ts'
import { classRows, type Images } from '../../train/step/images.ts'
import { type Parameters, parameterShapes } from '../../train/step/parameters.ts'
import { takeEpoch } from '../../train/step/take-epoch.ts'
import { decode } from './decode.ts'
import { gradientNorm } from './gradient-norm.ts'
import type { Change, EpochFigures, Report, Snapshot } from './messages.ts'
import { openPace, type Pace } from './pace.ts'
import { firstImages, type TrainingData } from './training-data.ts'

/** Seconds that one call of the engine may take: the page shows its result after that. */
const CALL_SECONDS = 0.12
/** Milliseconds between snapshots while training goes on. */
const SNAPSHOT_EVERY = 700
const PLANE_IMAGES = 1000
const RECONSTRUCTED = 10
const SAMPLES = 16

/** Options of a trainer. */
export interface TrainerOptions {
  configuration: Configuration
  data: TrainingData
  engine: Engine
  withParameters(parameters: Parameters): ForwardPass
  /** Where training stands: 0 epochs, or a checkpoint. */
  from: { epoch: number; figures: EpochFigures[]; changes: Change[]; state: State }
  /** Milliseconds since 1970 when the run began. */
  began: number
  report(report: Report): void
  /** Keeps what training continues from; a failure of it does not end training. */
  save(checkpoint: { epoch: number; state: State; figures: EpochFigures[]; changes: Change[] }): Promise<void>
}

/** Training that can be paused, stepped and changed while it runs. */
export interface Trainer {
  play(until: 'end' | 'epoch' | 'step'): void
  pause(): void
  change(beta: number, learningRate: number): void
  /** Exports the model as it is now. */
  make(): Promise<void>
  /** Settles when all epochs are done; rejects when training cannot go on. */
  readonly done: Promise<void>
}

/** Begins training, paused. Steps, seeds, batches and noise are those of `npm run train`. */
export function openTrainer(options: TrainerOptions): Trainer {
  const { configuration, data, report } = options
  const { optimization, objective } = configuration
  const { data: division } = configuration
  const chosen = fold(data.train.count, division.folds, division.fold, division.foldSeed, division.split)
  const pace = openPace(() => report({ type: 'paused' }))
  const moved = { beta: objective.beta, learningRate: optimization.learningRate }
  const last = options.from.changes.at(-1)
  if (last) Object.assign(moved, { beta: last.beta, learningRate: last.learningRate })
  const training: Training = {
    ...options,
    chosen,
    pace,
    moved,
    perEpoch: stepsPerEpoch(chosen.train.length, optimization.batch),
    changes: [...options.from.changes],
    figures: [...options.from.figures],
    done: options.from.epoch * stepsPerEpoch(chosen.train.length, optimization.batch),
  }
  return {
    play: until => pace.play(until),
    pause: () => pace.pause(),
    change(beta, learningRate) {
      Object.assign(moved, { beta, learningRate })
      training.changes.push({ step: training.done, beta, learningRate })
    },
    async make() {
      const parameters = trained(configuration, await options.engine.read())
      // Loaded when a model is exported: training itself needs no converter.
      const { makeModel } = await import('./make-model.ts')
      const model = await makeModel({
        configuration,
        data,
        chosen,
        parameters,
        epochs: training.figures.length,
        began: options.began,
        interrupted: training.figures.length < optimization.epochs || training.changes.length > 0,
        withParameters: options.withParameters,
      })
      report({ type: 'made', model })
    },
    done: trainAll(training),
  }
}

interface Training extends TrainerOptions {
  chosen: Fold
  pace: Pace
  /** Beta and learning rate as they are set now. */
  moved: { beta: number; learningRate: number }
  perEpoch: number
  changes: Change[]
  figures: EpochFigures[]
  /** Steps taken since the start of training. */
  done: number
}

async function trainAll(training: Training): Promise<void> {
  const { configuration, from, report, pace } = training
  await showSnapshot(training)
  for (let epoch = from.epoch; epoch < configuration.optimization.epochs; epoch++) {
    await pace.ready()
    const figures = await trainEpoch(training, epoch)
    training.figures.push(figures)
    report({ type: 'epoch', figures })
    await showSnapshot(training)
    await keep(training, epoch + 1)
    pace.endEpoch()
  }
  report({ type: 'finished' })
}

async function trainEpoch(training: Training, epoch: number): Promise<EpochFigures> {
  const { configuration, data, chosen, pace, report } = training
  const before = await training.engine.read()
  let norm: number | undefined
  let imagesPerSecond = 0
  let shown = performance.now()
  const losses: number[] = []
  const engine: Engine = {
    ...training.engine,
    async run(steps) {
      const result = await training.engine.run(adjusted(training, steps))
      losses.push(...result.loss)
      return result
    },
  }
  const train = await takeEpoch({
    configuration,
    engine,
    images: { ...data.train, height: data.height, width: data.width },
    indices: chosen.train,
    epoch,
    seconds: CALL_SECONDS,
    now: () => performance.now() - pace.paused(),
    // The first call takes one step, from which the gradient's norm is read.
    limit: () => (norm === undefined || pace.stepwise() ? 1 : Number.POSITIVE_INFINITY),
    async onSteps({ step, steps, totals, imagesPerSecond: speed }) {
      if (!Number.isFinite(totals.loss)) throw diverged(epoch)
      norm ??= gradientNorm(configuration.architecture, before, await training.engine.read())
      imagesPerSecond = speed
      training.done = epoch * training.perEpoch + step
      report({
        type: 'progress',
        epoch: epoch + 1,
        step,
        steps,
        loss: totals.loss,
        losses: Float32Array.from(losses.splice(0)),
        imagesPerSecond,
      })
      if (step < steps && (pace.stepwise() || performance.now() - shown > SNAPSHOT_EVERY)) {
        await showSnapshot(training)
        shown = performance.now()
      }
      pace.endCall()
      await pace.ready()
    },
  })
  if (!train) throw new Error('expected an epoch that ends')
  const validation = await evaluate(
    training.withParameters(trained(configuration, await training.engine.read())),
    configuration,
    data.train,
    { indices: chosen.validation, latent: 'mu', seed: configuration.seed },
  )
  const { bce, mse, l1, activeUnits } = validation
  const loss = heldOutLoss(configuration, validation)
  return {
    epoch: epoch + 1,
    train,
    validation: { loss, bce, mse, l1, activeUnits, kl: validation.posterior?.kl ?? 0 },
    gradientNorm: norm ?? 0,
    imagesPerSecond,
  }
}

/** Steps with beta and learning rate as they were moved: both enter a step as factors. */
function adjusted({ configuration, moved }: Training, steps: Steps): Steps {
  const { objective, optimization } = configuration
  const rate = moved.learningRate / optimization.learningRate
  const scaled = (values: Float32Array, factor: number) =>
    factor === 1 ? values : values.map(v => v * factor)
  return {
    ...steps,
    rate: scaled(steps.rate, rate),
    beta:
      objective.beta === 0
        ? steps.beta.map(() => moved.beta)
        : scaled(steps.beta, moved.beta / objective.beta),
  }
}

function diverged(epoch: number): Error {
  return new Error(
    `The loss is no longer a finite number in epoch ${epoch + 1}. A smaller learning rate, or a warm-up of beta, may cure it.`,
  )
}

async function keep(training: Training, epoch: number): Promise<void> {
  const { engine, figures, changes, report } = training
  try {
    await training.save({ epoch, state: await engine.read(), figures, changes })
  } catch (error) {
    const reason =
      error instanceof DOMException && error.name === 'QuotaExceededError' ? 'is full' : 'cannot be used'
    report({
      type: 'warning',
      message: `The browser’s storage ${reason}: training goes on, but a reload would lose it.`,
    })
  }
}

async function showSnapshot(training: Training): Promise<void> {
  training.report({ type: 'snapshot', snapshot: await takeSnapshot(training) })
}

async function takeSnapshot({ configuration, data, engine, withParameters }: Training): Promise<Snapshot> {
  const { architecture, prior } = configuration
  const parameters = trained(configuration, await engine.read())
  const model = withParameters(parameters)
  const mu = await encode(model, configuration, data)
  const few = firstImages(data.test, RECONSTRUCTED)
  const { xhat } = await model(atMean(configuration, few))
  const z = drawPrior(prior, SAMPLES, configuration.seed)
  // A conditional model shows one class after another.
  const labels = Array.from({ length: SAMPLES }, (_, i) => i % (architecture.classes ?? 1))
  const y = architecture.classes ? oneHot(labels, architecture.classes) : null
  const samples = decode(architecture, parameters, z, y, SAMPLES)
  return { mu, reconstructions: xhat, samples }
}

/** mu of the first test images, [images, D_z]. */
async function encode(
  model: ForwardPass,
  configuration: Configuration,
  { test }: TrainingData,
): Promise<Float32Array> {
  const images = firstImages(test, PLANE_IMAGES)
  return (await model(atMean(configuration, images))).mu
}

/** Images to encode and to decode at z = mu. */
function atMean({ architecture }: Configuration, images: Images): ForwardBatch {
  const { latentDim, classes } = architecture
  const all = Uint32Array.from({ length: images.count }, (_, i) => i)
  return {
    pixels: images.pixels,
    y: classes ? classRows(images, all, classes) : null,
    eps: new Float32Array(images.count * latentDim),
  }
}

function trained({ architecture }: Configuration, state: State): Parameters {
  return Object.fromEntries(parameterShapes(architecture).map(({ name }) => [name, state[name]]))
}
