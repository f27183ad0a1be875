import { z } from 'zod'
import { Architecture, Metric, ModelId, Objective, Prior } from '../card.ts'
import { DataIdentity } from '../data-identity.ts'

/** The configuration of a run. Further settings of the trainer are kept unchanged. */
const Configuration = z.looseObject({
  id: ModelId,
  data: z.looseObject({
    name: z.string(),
    /** K of the cross-validation, and which of its folds was held out, from 0. */
    folds: z.int().min(2),
    fold: z.int().min(0),
  }),
  architecture: Architecture,
  objective: Objective,
  prior: Prior,
  optimization: z.looseObject({ epochs: z.int().min(1) }),
  seed: z.int().min(0),
})

/** The record of a finished run: its configuration, its figures, and the versions of the software. */
export const Result = z.strictObject({
  /**
   * The model's id, followed by the settings that differ if several runs have the same id: `mnist-vae-l2-z2-lr0.01`.
   */
  name: ModelId,
  configuration: Configuration,
  status: z.enum(['finished', 'stopped early']),
  /** Epochs trained. */
  epochs: z.int().min(1),
  /** The epoch whose weights were measured. */
  savedEpoch: z.int().min(1),
  /** Trained weights and biases. */
  parameters: z.int().min(1),
  /** Training time in seconds. */
  seconds: z.number().min(0),
  /** Numbers of training, validation and test images, and how they were divided if that is a choice. */
  images: z.strictObject({ train: z.int(), validation: z.int(), test: z.int(), note: z.string().nullable() }),
  /** Which data it was; absent from results recorded before it was. */
  data: DataIdentity.optional(),
  /** SHA-256 of the weights. */
  weights: z.string().regex(/^[0-9a-f]{64}$/),
  /** Versions of what the numbers depend on, by name. */
  versions: z.record(z.string(), z.string()),
  metrics: z.array(
    Metric.refine(({ name, latent }) => name !== 'elbo' || latent === 'sampled', {
      error: 'expected an elbo at z sampled only, got one at z = mu, where it bounds nothing',
    }),
  ),
  /**
   * The objective over the epochs in nats per image: [epoch, over the epoch's steps, over the validation images at
   * z = mu]. At most 100 of them, the first and the last always. Absent from results recorded without it.
   */
  curve: z.array(z.tuple([z.int().min(1), z.number(), z.number()])).optional(),
})
export type Result = z.infer<typeof Result>

/** The name of a run and, with `.json`, of its result's file: `mnist-vae-l2-z2-fold0-seed1`. */
export function runName(name: string, fold: number, seed: number): string {
  return `${name}-fold${fold}-seed${seed}`
}

/**
 * A result as text that version control can compare: a line for each field and for each metric, in the schema's
 * order. The same result gives the same bytes.
 */
export function formatResult(result: Result): string {
  const fields = Object.entries(Result.parse(result)).map(([key, value]) => {
    if (!Array.isArray(value) || key === 'curve') return `  ${JSON.stringify(key)}: ${JSON.stringify(value)}`
    const items = value.map(item => `    ${JSON.stringify(item)}`).join(',\n')
    return `  ${JSON.stringify(key)}: [\n${items}\n  ]`
  })
  return `{\n${fields.join(',\n')}\n}\n`
}
