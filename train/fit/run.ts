import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { writeAtomic } from '../../export/files/write-atomic.ts'
import { DataIdentity } from '../../models/data-identity.ts'
import { Configuration } from '../step/configuration.ts'

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

/** One line of metrics.jsonl: an epoch's means. Losses and KL in nats per image, bce, mse and l1 per pixel at z = mu. */
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

/** The files of a run directory. */
export function runFiles(directory: string) {
  return {
    run: join(directory, 'run.json'),
    metrics: join(directory, 'metrics.jsonl'),
    checkpoint: join(directory, 'state.safetensors'),
    /** The checkpoint before the last, used if the last is damaged. */
    previousCheckpoint: join(directory, 'state-previous.safetensors'),
    events: join(directory, 'events'),
    /** Held by the process that trains in the directory. */
    lock: join(directory, 'lock'),
  }
}

/** Writes run.json atomically. */
export async function saveRun(directory: string, run: Run): Promise<void> {
  await writeAtomic(runFiles(directory).run, `${JSON.stringify(run, null, 2)}\n`)
}

/**
 * Reads run.json; null if it does not exist.
 *
 * @throws Error naming the file when its content is invalid
 */
export async function loadRun(directory: string): Promise<Run | null> {
  const path = runFiles(directory).run
  const text = await readFile(path, 'utf8').catch((cause: NodeJS.ErrnoException) => {
    if (cause.code === 'ENOENT') return null
    throw cause
  })
  if (text === null) return null
  try {
    return Run.parse(JSON.parse(text))
  } catch (cause) {
    throw new Error(`${path} is not a run's description: ${(cause as Error).message}`, { cause })
  }
}

/**
 * Reads the epochs of metrics.jsonl up to `epoch`, in order. Later lines were written after the checkpoint and are
 * dropped.
 */
export async function loadEpochs(directory: string, epoch: number): Promise<EpochRecord[]> {
  const text = await readFile(runFiles(directory).metrics, 'utf8').catch(() => '')
  const lines = text.split('\n').filter(line => line.endsWith('}'))
  return lines.map(line => EpochRecord.parse(JSON.parse(line))).filter(record => record.epoch <= epoch)
}
