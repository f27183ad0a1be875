import { z } from 'zod'
import { Architecture, ModelId, Objective, Prior } from '../../models/card.ts'
import { ImageImport } from '../../models/image-import.ts'
import { POLARITIES } from '../../models/polarity.ts'
import { SCHEDULES } from './schedule.ts'

const Seed = z.int().min(0).max(0xffffffff)

const Side = z.int().min(1)

/** How a user's own images are read. Every option may be left out. */
export const ImportOptions = z.strictObject({
  /** Name of the data set, in place of one made from its path. */
  name: z
    .string()
    .regex(/^[a-z0-9]+$/)
    .optional(),
  /** The part of each image that is kept, in its own pixels, before it is resized. */
  crop: ImageImport.shape.crop,
  /** The size that images are brought to, by area. */
  size: z.strictObject({ width: Side, height: Side }).optional(),
  /** Keep all of the image and pad, or fill the size and cut. */
  fit: ImageImport.shape.fit.optional(),
  /** Swap rows and columns first: EMNIST's files store images transposed. */
  transpose: z.literal(true).optional(),
  /** Read the images without their classes. */
  labels: z.literal(false).optional(),
  /** Swap black and white. */
  invert: z.boolean().optional(),
  /** What lies behind transparent places and beside padded images. */
  background: ImageImport.shape.background.optional(),
  /** Polarity of the images, in place of the one detected at their edges. */
  polarity: z.enum(POLARITIES).optional(),
  /** The share of undivided images that is held out for tests. */
  testFraction: z.number().gt(0).lt(1).optional(),
})
export type ImportOptions = z.infer<typeof ImportOptions>

/** Where images come from and how they are divided. */
export const DataChoice = z.strictObject({
  /** The name or path that `loadDataset` takes. */
  name: z.string().min(1),
  /** For a user's own images. */
  import: ImportOptions.optional(),
  /** Only the first so many training images, folds included; all if absent. */
  images: z.int().min(2).optional(),
  /** For data without a published split. */
  split: z.enum(['shuffled', 'contiguous']),
  splitSeed: Seed,
  /** K of the cross-validation. */
  folds: z.int().min(2),
  /** Which fold is held out for validation, from 0. */
  fold: z.int().min(0),
  foldSeed: Seed,
  /** Random shifts (pixels) and rotations (degrees) of each training image, new in each epoch. None if absent. */
  augmentation: z.strictObject({ shift: z.number().min(0), rotation: z.number().min(0) }).optional(),
  /** Pixels are drawn as 0 or 1 with their intensity as probability, anew in each epoch. Grey if absent. */
  binarized: z.literal(true).optional(),
})

/** How the objective is minimised: Adam over shuffled batches. */
export const Optimization = z.strictObject({
  epochs: z.int().min(1),
  /** Images a step; an epoch's last batch may be smaller. */
  batch: z.int().min(1),
  /** Peak learning rate. */
  learningRate: z.number().positive(),
  schedule: z.enum(SCHEDULES),
  /** Epochs over which the learning rate rises linearly at the start. */
  warmup: z.number().min(0),
  /** Epochs over which beta rises linearly at the start. */
  betaWarmup: z.number().min(0),
  /** Stop after this many epochs without a better validation loss; 0 never stops early. */
  patience: z.int().min(0),
  /** Which epoch's weights a run ends with: the last, or the one with the best validation loss. */
  keep: z.enum(['last', 'best']),
})

/** Everything that determines a run's result, except how the machine rounds. */
export const Configuration = z
  .strictObject({
    id: ModelId,
    data: DataChoice,
    architecture: Architecture,
    objective: Objective,
    prior: Prior,
    optimization: Optimization,
    /** The model whose weights training starts from, `id@version`, in place of drawn ones. */
    warmStart: z.string().optional(),
    /** Of initial weights, data order and noise. */
    seed: Seed,
    engine: z.enum(['onnx', 'tfjs']),
    device: z.enum(['cpu', 'webgpu', 'cuda']),
    /** CPU threads an operator may use. More than one can change the last bits of a sum. */
    threads: z.int().min(1),
  })
  .check(({ value: c, issues }) => {
    const wrong = (path: string[], message: string) =>
      issues.push({ code: 'custom', input: c, path, message })
    const { architecture, objective, prior, data } = c
    if (prior.mean.length !== architecture.latentDim) {
      wrong(
        ['prior'],
        `expected ${architecture.latentDim} dimensions, as the latent has, got ${prior.mean.length}`,
      )
    }
    if (architecture.latentDim > architecture.inputDim) {
      wrong(['architecture', 'latentDim'], `expected at most ${architecture.inputDim} (pixels of an image)`)
    }
    if (objective.reconstruction === 'bce' && architecture.output !== 'sigmoid') {
      wrong(
        ['architecture', 'output'],
        `expected sigmoid, since bce needs probabilities, got ${architecture.output}`,
      )
    }
    if (architecture.kind === 'ae' && (objective.beta !== 0 || objective.samples !== 1)) {
      wrong(['objective'], 'expected beta 0 and 1 sample for an AE, which has no posterior')
    }
    if (architecture.kind === 'ae' && objective.bound) {
      wrong(['objective', 'bound'], 'expected a VAE for iwae, got an AE, which has no posterior')
    }
    if (objective.bound && objective.reconstruction !== 'bce') {
      wrong(['objective', 'bound'], `expected bce for iwae, a likelihood, got ${objective.reconstruction}`)
    }
    if (data.binarized && objective.reconstruction !== 'bce') {
      wrong(['data', 'binarized'], `expected bce for binary pixels, got ${objective.reconstruction}`)
    }
    if (c.engine === 'tfjs' && c.device === 'webgpu') {
      wrong(['device'], 'expected cpu or cuda with engine tfjs, got webgpu')
    }
    if (data.fold >= data.folds) {
      wrong(['data', 'fold'], `expected 0 to ${data.folds - 1}, got ${data.fold}`)
    }
  })
export type Configuration = z.infer<typeof Configuration>
