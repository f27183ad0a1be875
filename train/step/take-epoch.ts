import { epochRuns, stepsPerEpoch } from './batches.ts'
import type { Configuration } from './configuration.ts'
import type { Engine } from './engine.ts'
import type { ImageShape, Images } from './images.ts'

/** Means over an epoch's images, nats per image. */
export interface EpochLosses {
  loss: number
  reconstruction: number
  kl: number
}

/** The state of an epoch after a run of steps. */
export interface EpochProgress {
  /** Steps done of this epoch, of how many. */
  step: number
  steps: number
  /** Means over the epoch so far. */
  totals: EpochLosses
  imagesPerSecond: number
}

/** Options of `takeEpoch`. */
export interface EpochOptions {
  configuration: Configuration
  engine: Engine
  images: Images & ImageShape
  /** Indices of the training images. */
  indices: Uint32Array
  /** From 0. */
  epoch: number
  /** About how long one call of the engine may take, so that progress shows and an interruption is answered. */
  seconds: number
  /** The most steps that the next call of the engine may take; without it, as many as `seconds` allow. */
  limit?: () => number
  /** A clock in milliseconds, such as `performance.now`. */
  now: () => number
  /** When it aborts, the epoch ends after the steps under way. */
  signal?: { readonly aborted: boolean }
  /** Called after each call of the engine; what it throws ends the epoch. A promise is waited for. */
  onSteps?: (progress: EpochProgress) => void | Promise<void>
}

/** Steps of the first call, before the engine's speed is known. */
const FIRST_RUN = 10

/** Takes all steps of one epoch, the same on every platform. Null when interrupted before its end. */
export async function takeEpoch(options: EpochOptions): Promise<EpochLosses | null> {
  const { configuration, engine, images, indices, epoch, seconds, now, limit, signal, onSteps } = options
  const sums = { loss: 0, reconstruction: 0, kl: 0 }
  const steps = stepsPerEpoch(indices.length, configuration.optimization.batch)
  let done = 0
  let step = 0
  let atMost = FIRST_RUN
  const means = () => ({
    loss: sums.loss / done,
    reconstruction: sums.reconstruction / done,
    kl: sums.kl / done,
  })
  const started = now()
  for (const run of epochRuns(configuration, images, indices, epoch, () =>
    Math.min(atMost, limit?.() ?? atMost),
  )) {
    if (signal?.aborted) return null
    const before = now()
    const result = await engine.run(run)
    const elapsed = Math.max((now() - before) / 1000, 1e-4)
    atMost = Math.max(1, Math.round((seconds / elapsed) * run.count))
    for (const name of ['loss', 'reconstruction', 'kl'] as const) {
      for (const value of result[name]) sums[name] += value * run.batch
    }
    done += run.count * run.batch
    step += run.count
    const imagesPerSecond = (done / (now() - started)) * 1000
    await onSteps?.({ step, steps, totals: means(), imagesPerSecond })
  }
  return means()
}
