import type { Engine, Steps } from '../../../train/step/engine.ts'
import { measureEpoch } from '../../../train/step/run/measure-epoch.ts'
import { takeEpoch } from '../../../train/step/take-epoch.ts'
import type { EpochFigures } from '../messages.ts'
import type { Running } from './active-run.ts'
import { gradientNorm } from './gradient-norm.ts'

/** Seconds that one call of the engine may take: the page shows its result after that. */
const CALL_SECONDS = 0.12
/** Milliseconds between snapshots while training goes on. */
const SNAPSHOT_EVERY = 700

/**
 * Trains one epoch and measures it.
 *
 * @param epoch from 0
 * @param show shows what the model makes of fixed inputs, in the course of a long epoch
 */
export async function trainEpoch(
  running: Running,
  epoch: number,
  show: () => Promise<void>,
): Promise<EpochFigures> {
  const { configuration, data, fold, pace, report, engine } = running
  const before = await engine.read()
  const stepsBefore = running.steps
  const clock = () => performance.now() - pace.paused()
  const began = clock()
  let norm = 0
  let speed = 0
  let shown = performance.now()
  const losses: number[] = []
  const train = await takeEpoch({
    configuration,
    engine: recording(running, losses),
    images: { ...data.train, height: data.height, width: data.width },
    indices: fold.train,
    epoch,
    seconds: CALL_SECONDS,
    now: clock,
    // The first call takes one step, from which the gradient's norm is read.
    limit: () => (running.steps === stepsBefore || pace.stepwise() ? 1 : Number.POSITIVE_INFINITY),
    async onSteps({ step, steps, totals, imagesPerSecond }) {
      if (!Number.isFinite(totals.loss)) throw diverged(epoch)
      if (step === 1) norm = gradientNorm(configuration.architecture, before, await engine.read())
      speed = imagesPerSecond
      running.steps = stepsBefore + step
      const taken = Float32Array.from(losses.splice(0))
      report({
        type: 'progress',
        epoch: epoch + 1,
        step,
        steps,
        loss: totals.loss,
        losses: taken,
        imagesPerSecond,
      })
      if (step < steps && (pace.stepwise() || performance.now() - shown > SNAPSHOT_EVERY)) {
        await show()
        shown = performance.now()
      }
      pace.endCall()
      await pace.ready()
    },
  })
  if (!train) throw new Error('expected an epoch that ends')
  const record = await measureEpoch({
    configuration,
    epoch: epoch + 1,
    train,
    model: running.withParameters(await engine.read()),
    images: data.train,
    fold,
    moved: running.moved,
    seconds: () => (clock() - began) / 1000,
  })
  return { ...record, gradientNorm: norm, imagesPerSecond: speed }
}

/** The engine, taking steps with beta and learning rate as they were moved, and each step's loss noted. */
function recording(running: Running, losses: number[]): Engine {
  return {
    ...running.engine,
    async run(steps) {
      const result = await running.engine.run(adjusted(running, steps))
      losses.push(...result.loss)
      return result
    },
  }
}

/** Beta and learning rate enter a step as factors. */
function adjusted({ configuration, moved }: Running, steps: Steps): Steps {
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

/** A loss that is no longer a number: another worker would come to the same. */
export class DivergedError extends Error {}

function diverged(epoch: number): DivergedError {
  return new DivergedError(
    `The loss is no longer a finite number in epoch ${epoch + 1}. A smaller learning rate, or a warm-up of β, may cure it.`,
  )
}
