import { z } from 'zod'
import { DataIdentity } from '../../../models/data-identity.ts'
import { Configuration } from '../configuration.ts'

/** The result of `evaluate` as run.json stores it. */
const EvaluationRecord = z.strictObject({
  split: z.enum(['validation', 'test']),
  images: z.int(),
  latent: z.enum(['mu', 'sampled']),
  bce: z.number(),
  mse: z.number(),
  l1: z.number(),
  posterior: z.strictObject({ kl: z.number(), klPerDimension: z.array(z.number()) }).nullable(),
  activeUnits: z.int(),
})

/** A change that a person made while a run was under way. */
const Change = z.strictObject({
  /** Steps taken before, from the start of training. */
  step: z.int().min(0),
  /** Weight of the KL term, and Adam's peak learning rate, from then on. */
  beta: z.number().min(0),
  learningRate: z.number().positive(),
})
export type Change = z.infer<typeof Change>

/** The content of run.json: configuration, data, progress and results of a run. */
export const Run = z.strictObject({
  configuration: Configuration,
  dataset: z.strictObject({
    name: z.string(),
    height: z.int(),
    width: z.int(),
    classes: z.array(z.string()),
    trainImages: z.int(),
    validationImages: z.int(),
    testImages: z.int(),
    note: z.string().nullable(),
    /** SHA-256 over all pixels, train then test. */
    sha256: z.string(),
    /** Identity of the data, labels and order included; absent from runs that were started before it was recorded. */
    identity: DataIdentity.optional(),
  }),
  /**
   * Start of training, UTC, and the Git commit of the code; absent from runs that were started before these were
   * recorded.
   */
  started: z.iso.datetime().optional(),
  commit: z.string().optional(),
  parameters: z.int(),
  versions: z.record(z.string(), z.string()),
  status: z.enum(['running', 'interrupted', 'finished', 'stopped early', 'failed']),
  /** Changes of beta and the learning rate by a person while it ran; absent if there were none. */
  changes: z.array(Change).optional(),
  /** Message of the error that ended the run, or null. */
  error: z.string().nullable(),
  /** Whole epochs trained. */
  epochs: z.int(),
  /** The epoch of the saved encoder and decoder; null if training was interrupted within an epoch. */
  savedEpoch: z.int().nullable(),
  /** Training time in seconds, summed over all resumptions. */
  seconds: z.number(),
  /** SHA-256 of the saved weights, in the order of their names. */
  weights: z.string().nullable(),
  evaluations: z.array(EvaluationRecord),
})
export type Run = z.infer<typeof Run>

/**
 * One line of metrics.jsonl: an epoch's means. Losses and KL in nats per image, bce, mse and l1 per pixel at z = mu.
 */
export const EpochRecord = z.strictObject({
  epoch: z.int(),
  seconds: z.number(),
  learningRate: z.number(),
  beta: z.number(),
  train: z.strictObject({ loss: z.number(), reconstruction: z.number(), kl: z.number() }),
  validation: z.strictObject({
    loss: z.number(),
    bce: z.number(),
    mse: z.number(),
    l1: z.number(),
    kl: z.number(),
    activeUnits: z.int(),
  }),
})
export type EpochRecord = z.infer<typeof EpochRecord>
