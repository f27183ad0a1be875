import type { Engine, Steps } from '../../../train/step/engine.ts'
import { measureEpoch } from '../../../train/step/run/measure-epoch.ts'
import { takeEpoch } from '../../../train/step/take-epoch.ts'
import type { EpochFigures } from '../messages.ts'
import type { ActiveRun } from './active-run.ts'
import { gradientNorm } from './gradient-norm.ts'

/** The longest time, in seconds, that one call of the engine may take: the page shows progress after each call. */
const CALL_SECONDS = 0.12
/** Milliseconds between snapshots during an epoch. */
const SNAPSHOT_EVERY = 700

/**
 * Trains one epoch and measures the model on the held-out fold.
 *
 * @param epoch counted from 0
 * @param show reports a snapshot, in the course of a long epoch
 */
export async function trainEpoch(
  running: ActiveRun,
  epoch: number,
  show: () => Promise<void>,
): Promise<EpochFigures> {
  const { configuration, data, fold, control, report, engine } = running
  const before = await engine.read()
  const stepsBefore = running.steps
  const clock = () => performance.now() - control.pausedMs()
  const startedAt = clock()
  let norm = 0
  let speed = 0
  let shown = performance.now()
  const losses: number[] = []
  const train = await takeEpoch({
    configuration,
    engine: recordingEngine(running, losses),
    images: { ...data.train, height: data.height, width: data.width },
    indices: fold.train,
    epoch,
    seconds: CALL_SECONDS,
    now: clock,
    // The first call takes a single step: the gradient's norm is read from it.
    limit: () => (running.steps === stepsBefore || control.isSingleStep() ? 1 : Number.POSITIVE_INFINITY),
    async onSteps({ step, steps, totals, imagesPerSecond }) {
      if (!Number.isFinite(totals.loss)) throw divergedError(epoch)
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
      if (step < steps && (control.isSingleStep() || performance.now() - shown > SNAPSHOT_EVERY)) {
        await show()
        shown = performance.now()
      }
      control.stopAfterSteps()
      await control.whenRunning()
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
    moved: running.settings,
    seconds: () => (clock() - startedAt) / 1000,
  })
  return { ...record, gradientNorm: norm, imagesPerSecond: speed }
}

/** The engine, which takes steps with the current beta and learning rate and appends each step's loss to `losses`. */
function recordingEngine(running: ActiveRun, losses: number[]): Engine {
  return {
    ...running.engine,
    async run(steps) {
      const result = await running.engine.run(withCurrentSettings(running, steps))
      losses.push(...result.loss)
      return result
    },
  }
}

/** The steps with the current beta and learning rate, which are factors of the scheduled ones. */
function withCurrentSettings({ configuration, settings }: ActiveRun, steps: Steps): Steps {
  const { objective, optimization } = configuration
  const rate = settings.learningRate / optimization.learningRate
  const scaled = (values: Float32Array, factor: number) =>
    factor === 1 ? values : values.map(v => v * factor)
  return {
    ...steps,
    rate: scaled(steps.rate, rate),
    beta:
      objective.beta === 0
        ? steps.beta.map(() => settings.beta)
        : scaled(steps.beta, settings.beta / objective.beta),
  }
}

/** Thrown when the loss is no longer a finite number. Another worker would come to the same. */
export class DivergedError extends Error {}

function divergedError(epoch: number): DivergedError {
  return new DivergedError(
    `The loss is no longer a finite number in epoch ${epoch + 1}. A smaller learning rate, or a warm-up of β, may prevent that.`,
  )
}
