import { z } from 'zod'
import { DataIdentity } from './data-identity.ts'
import { ID_FORM } from './id-form.ts'
import { ImageImport } from './image-import.ts'
import { Judgement } from './judgement.ts'
import { AggregatePosterior, Density, Moments } from './latent-statistics.ts'
import { Numbers } from './numbers-schema.ts'
import { POLARITIES } from './polarity.ts'

const Sha256 = z.string().regex(/^[0-9a-f]{64}$/)
const ModelFile = z.strictObject({ bytes: z.int().min(1), sha256: Sha256 })

/** A model's id, as in URLs and folder names: `mnist-vae-l2-z2-beta10`. */
export const ModelId = z.string().regex(ID_FORM)

/** The first 12 hex digits of the SHA-256 over the bytes of encoder.onnx followed by those of decoder.onnx. */
export const Version = z.string().regex(/^[0-9a-f]{12}$/)

/** The shape of a fully connected autoencoder. A VAE has two heads, mu and logvar, on one trunk. */
export const Architecture = z
  .strictObject({
    kind: z.enum(['ae', 'vae']),
    /** D_x, pixels of an image. */
    inputDim: z.int().min(1),
    /** D_z. */
    latentDim: z.int().min(1),
    /** n_layers, dense layers each way. */
    layers: z.int().min(1).max(8),
    /** Units of the hidden layers in the encoder's order; the decoder has them reversed. Eq. 1 if absent. */
    widths: z.array(z.int().min(1)).optional(),
    /**
     * Classes of a conditional model: `y` [batch, classes], a one-hot or any other point of the simplex, is appended to
     * the encoder's input x and to the decoder's input z. Absent if the model is not conditional.
     */
    classes: z.int().min(2).optional(),
    /** Activation of the decoder's last layer. */
    output: z.enum(['sigmoid', 'relu', 'identity']),
  })
  .refine(({ widths, layers }) => !widths || widths.length === layers - 1, {
    error: 'widths: expected one hidden layer less than layers',
    path: ['widths'],
  })
export type Architecture = z.infer<typeof Architecture>

/** A diagonal Gaussian N(mean, diag(variance)) over the latent space; the k-th entries belong to latent dimension k. */
export const Prior = z
  .strictObject({
    mean: z.array(z.number()).min(1),
    variance: z.array(z.number().positive()).min(1),
  })
  .refine(p => p.mean.length === p.variance.length, { error: 'mean and variance must have the same length' })
export type Prior = z.infer<typeof Prior>

/** The training objective, in nats per image: a reconstruction term summed over pixels plus beta·KL. */
export const Objective = z.strictObject({
  reconstruction: z.enum(['bce', 'mse', 'l1']),
  /** Weight of the KL term; 0 for an AE. */
  beta: z.number().min(0),
  /** L, Monte Carlo samples of z an image (Eq. 5); k of an importance-weighted bound. */
  samples: z.int().min(1),
  /** Whether the KL term is in closed form (Eq. 41) or estimated from the same draws (Eq. 43). */
  kl: z.enum(['analytic', 'monteCarlo']),
  /** iwae: the importance-weighted bound over the samples (Burda et al. 2016) in place of the ELBO. */
  bound: z.literal('iwae').optional(),
})
export type Objective = z.infer<typeof Objective>

/**
 * One measured number. Its name fixes its unit: bce, mse and l1 are means over images and pixels; kl, elbo,
 * klPerDimension and importanceBound are nats per image, averaged over images. Two metrics may be compared only if they
 * agree in every field but `value`.
 *
 * elbo is −(reconstruction + KL) at a drawn z, with the objective's reconstruction term summed over pixels. For bce it is
 * a lower bound on ln p(x); of grey pixels, on the mean of ln p over binary images drawn with the pixels as
 * probabilities. For mse and l1 it lacks the constant of the density: elbo − (D_x/2)·ln π is a lower bound on ln p(x) with
 * a Gaussian of variance 1/2, elbo − D_x·ln 2 with a Laplace density of scale 1.
 */
export const Metric = z.strictObject({
  name: z.enum(['bce', 'mse', 'l1', 'kl', 'elbo', 'activeUnits', 'klPerDimension', 'importanceBound']),
  unit: z.enum([
    'nats per pixel',
    'squared intensity per pixel',
    'intensity per pixel',
    'nats per image',
    'dimensions',
  ]),
  split: z.enum(['train', 'validation', 'test']),
  images: z.int().min(1),
  /** Whether the decoder was given the posterior mean or a draw from the posterior. */
  latent: z.enum(['mu', 'sampled']),
  /** Present if the pixels were drawn as 0 or 1 with their intensity as probability; absent for grey pixels. */
  pixels: z.literal('binarized').optional(),
  /** k of an importance-weighted bound on ln p(x). */
  samples: z.int().min(1).optional(),
  /** Standard deviation over the images divided by the root of their number; present on estimates from few images. */
  standardError: z.number().min(0).optional(),
  value: z.union([z.number(), z.array(z.number())]),
})
export type Metric = z.infer<typeof Metric>

/**
 * A golden vector that checks a runtime before it is used: the decoder gives `xhat` for `z`, and the encoder gives `mu`
 * (an AE: z) for `xhat`, each within `tolerance` (absolute).
 */
export const Golden = z.strictObject({
  z: Numbers,
  /** Second input of both files of a conditional model. */
  y: Numbers.optional(),
  xhat: Numbers,
  mu: Numbers,
  tolerance: z.number().positive(),
})
export type Golden = z.infer<typeof Golden>

/**
 * Losses on a seeded subset of test images at z = mu, means over images and pixels. They show within a second or two
 * that the card belongs to its files.
 */
export const SubsetCheck = z.strictObject({
  /** Seed of the subset: `chooseSubset`. */
  seed: z.int().min(0),
  images: z.int().min(1),
  /** Nats per pixel. */
  bce: z.number(),
  /** Squared intensity per pixel. */
  mse: z.number(),
  /** Intensity per pixel. */
  l1: z.number(),
})
export type SubsetCheck = z.infer<typeof SubsetCheck>

/** The training settings that the weights depend on, and when and by which code the run was made. */
export const Recipe = z.strictObject({
  /** Images a step. */
  batch: z.int().min(1),
  /** Adam's peak learning rate. */
  learningRate: z.number().positive(),
  schedule: z.string(),
  /** Epochs over which the learning rate rises at the start, and over which beta does. */
  warmup: z.number().min(0),
  betaWarmup: z.number().min(0),
  /** Epochs without improvement after which training stops; 0: never. */
  patience: z.int().min(0),
  keep: z.enum(['last', 'best']),
  /** The model whose weights training started from: `id@version`. */
  warmStart: z.string().optional(),
  /** Whether training was interrupted before its last epoch. */
  interrupted: z.boolean(),
  /** The Git commit of the code, with `-dirty` where files differed from it; absent outside a repository. */
  commit: z.string().optional(),
  /** When training began, UTC. */
  date: z.iso.datetime(),
})
export type Recipe = z.infer<typeof Recipe>

/** Everything that a server or a page needs to know about a model besides its two ONNX files. */
export const Card = z.strictObject({
  id: ModelId,
  version: Version,
  architecture: Architecture,
  parameters: z.int().min(1),
  objective: Objective,
  prior: Prior,
  dataset: z.strictObject({
    name: z.string(),
    /** Pixels: rows and columns of an image. */
    height: z.int().min(1),
    width: z.int().min(1),
    /** Names of the labels in order; empty where the data has none. */
    classes: z.array(z.string()),
    /** Polarity of the images; `polarityOf` gives it for cards without it. */
    polarity: z.enum(POLARITIES).optional(),
    /** How the images were made of pictures; absent for the known data sets and from older cards. */
    import: ImageImport.optional(),
    /** Identity of the images; absent from cards written before it was recorded. */
    identity: DataIdentity.optional(),
  }),
  training: z.strictObject({
    epochs: z.int().min(0),
    /** The epoch of the weights, counted from 1; 0 for the initial weights. */
    bestEpoch: z.int().min(0),
    seed: z.int().min(0),
    engine: z.string(),
    device: z.string(),
    fold: z.int().min(0),
    folds: z.int().min(2),
    images: z.int().min(1),
    /** Bounds of the random shifts (pixels) and rotations (degrees) of training images; absent for none. */
    augmentation: z.strictObject({ shift: z.number(), rotation: z.number() }).optional(),
    /** Present if pixels were drawn as 0 or 1 with their intensity as probability. */
    pixels: z.literal('binarized').optional(),
    /** SHA-256 of the trained weights, as in run.json; training again gives the same. Absent from older cards. */
    weights: Sha256.optional(),
    /** Training settings beyond the above; absent from cards written before they were recorded. */
    recipe: Recipe.optional(),
  }),
  metrics: z.array(Metric),
  /** Absent from cards of other makers. */
  subset: SubsetCheck.optional(),
  /** mu over the training set, whole and by class (same order as dataset.classes). */
  latent: z.strictObject({ whole: Moments, classes: z.array(Moments) }),
  /** Absent from cards of AEs, and from those written before it was measured. */
  aggregatePosterior: AggregatePosterior.optional(),
  /**
   * What the decoder's logits are multiplied by: its last layer has been, after training, in the exported file. Absent
   * for 1.
   */
  logitGain: z.number().positive().optional(),
  /** The density that samples are drawn from by default; if absent, the prior. */
  density: Density.optional(),
  /**
   * `latents` is the encoded test set (of many dimensions its first images): safetensors with `mu` F16 [images, D_z]
   * and, if labelled, `label` U8 [images].
   */
  files: z.strictObject({ encoder: ModelFile, decoder: ModelFile, latents: ModelFile }),
  opset: z.int(),
  precision: z.enum(['fp32', 'fp16', 'int8']),
  /** Largest absolute output difference from TF.js, by runtime, over the images the export checked. */
  parity: z.strictObject({ images: z.int().min(1), maxAbsDifference: z.record(z.string(), z.number()) }),
  /** Absent from cards of other makers. */
  golden: Golden.optional(),
  /** A judge's evaluation of the model's samples; absent if there is no judge for the data set. */
  judgement: Judgement.optional(),
})
/** A card. Its density is null in a copy that was asked for without it (`?density=omit`): most of a card's bytes are that. */
export type Card = Omit<z.infer<typeof Card>, 'density'> & { density?: Density | null }
