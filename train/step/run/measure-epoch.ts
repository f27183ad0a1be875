import { stepsPerEpoch } from '../batches.ts'
import type { Configuration } from '../configuration.ts'
import { evaluate, heldOutLoss } from '../evaluation.ts'
import type { Fold } from '../folds.ts'
import type { ForwardPass } from '../forward.ts'
import type { Images } from '../images.ts'
import { betaFactor, rateFactor } from '../schedule.ts'
import type { EpochLosses } from '../take-epoch.ts'
import type { EpochRecord } from './record.ts'

/** An epoch that has been trained. */
export interface TrainedEpoch {
  configuration: Configuration
  /** Counted from 1. */
  epoch: number
  /** Means over its steps. */
  train: EpochLosses
  /** The model as it is after the epoch. */
  model: ForwardPass
  images: Images
  fold: Fold
  /** Beta and the peak learning rate at its end, if a person has changed them; else they are the configuration's. */
  moved?: { beta: number; learningRate: number }
  /** Seconds since the epoch began. */
  seconds: () => number
}

/** Evaluates a model on the held-out fold after an epoch, at z = mu: the epoch's line of metrics.jsonl. */
export async function measureEpoch(trained: TrainedEpoch): Promise<EpochRecord> {
  const { configuration, epoch, train, model, images, fold, seconds } = trained
  const { optimization, objective, seed } = configuration
  const { learningRate, beta } = trained.moved ?? { ...optimization, ...objective }
  const validation = await evaluate(model, configuration, images, {
    indices: fold.validation,
    latent: 'mu',
    seed,
  })
  const perEpoch = stepsPerEpoch(fold.train.length, optimization.batch)
  const last = epoch * perEpoch - 1
  const { bce, mse, l1, activeUnits } = validation
  const kl = validation.posterior?.kl ?? 0
  return {
    epoch,
    seconds: seconds(),
    learningRate:
      learningRate *
      rateFactor(optimization.schedule, last, optimization.epochs * perEpoch, optimization.warmup * perEpoch),
    beta: beta * betaFactor(last, optimization.betaWarmup * perEpoch),
    train,
    validation: { loss: heldOutLoss(configuration, validation), bce, mse, l1, kl, activeUnits },
  }
}
