import type { Card, Recipe } from '../../../models/card.ts'
import { sha256 } from '../../../models/files/sha256.ts'
import type { ImageImport } from '../../../models/image-import.ts'
import type { Polarity } from '../../../models/polarity.ts'
import { versionOf } from '../../../models/registry/version-of.ts'
import { evaluateHeldOut } from '../evaluation.ts'
import type { Fold } from '../folds.ts'
import type { Images } from '../images.ts'
import { asMetrics } from '../metrics.ts'
import { moments } from '../moments.ts'
import { encodeLatents, goldenVector, measureSubset } from './card-figures.ts'
import { encodeAll, forwardPass, type OnnxModel, type Posteriors } from './onnx-model.ts'
import type { Run } from './record.ts'

/** What a card is made of. */
export interface CardParts {
  /** The run that ended with `run.weights`. */
  run: Run & { weights: string }
  /** The model's id; that of the run by default. */
  id?: string
  data: { train: Images; test: Images; classes: string[]; polarity: Polarity; import?: ImageImport }
  /**
   * The same images as the objective saw them, binarised for a model of binary pixels: those that posteriors and metrics
   * are of.
   */
  measured?: { train: Images; test: Images }
  fold: Fold
  /** The two ONNX files, and the same opened. */
  files: { encoder: Uint8Array; decoder: Uint8Array }
  model: OnnxModel
  precision: Card['precision']
  opset: number
  parity: Card['parity']
  /** What is measured of the posteriors of the fold's training and validation images beyond their moments. */
  measureLatents?: (
    trained: Posteriors,
    heldOut: Posteriors,
  ) => Promise<Pick<Card, 'aggregatePosterior' | 'density'>>
}

/** Measures a model's ONNX files and describes them: the card, and latents.safetensors. */
export async function makeCard(parts: CardParts): Promise<{ card: Card; latents: Uint8Array }> {
  const { run, data, measured = data, fold, files, model } = parts
  const { configuration, dataset } = run
  const { architecture } = configuration
  const { name, height, width, classes, identity } = dataset
  const { augmentation, binarized } = configuration.data
  const latents = await encodeLatents(model, measured.test)
  const posteriors = await encodeAll(model, measured.train, fold.train)
  const evaluations = await evaluateHeldOut(forwardPass(model), configuration, measured, fold.validation)
  const card: Card = {
    id: parts.id ?? configuration.id,
    version: await versionOf({ 'encoder.onnx': files.encoder, 'decoder.onnx': files.decoder }),
    architecture,
    parameters: run.parameters,
    objective: configuration.objective,
    prior: configuration.prior,
    dataset: {
      name,
      height,
      width,
      classes,
      polarity: data.polarity,
      ...(data.import && { import: data.import }),
      identity,
    },
    training: {
      epochs: run.epochs,
      bestEpoch: run.savedEpoch ?? run.epochs,
      seed: configuration.seed,
      engine: configuration.engine,
      device: configuration.device,
      fold: configuration.data.fold,
      folds: configuration.data.folds,
      images: fold.train.length,
      ...(augmentation && { augmentation }),
      ...(binarized && { pixels: 'binarized' as const }),
      weights: run.weights,
      recipe: recipeOf(run),
    },
    metrics: evaluations.flatMap(evaluation =>
      asMetrics(evaluation.split, evaluation, configuration, binarized),
    ),
    subset: await measureSubset(model, configuration, data.test),
    latent: moments(posteriors.mu, data, fold.train, architecture.latentDim),
    ...(await parts.measureLatents?.(posteriors, await encodeAll(model, measured.train, fold.validation))),
    files: {
      encoder: await describe(files.encoder),
      decoder: await describe(files.decoder),
      latents: await describe(latents),
    },
    opset: parts.opset,
    precision: parts.precision,
    parity: parts.parity,
    golden: await goldenVector(model, data.test),
  }
  return { card, latents }
}

/** How the weights were trained, for the card. */
function recipeOf({ configuration, status, started, commit, changes }: Run): Recipe | undefined {
  if (!started) return undefined
  const { batch, learningRate, schedule, warmup, betaWarmup, patience, keep } = configuration.optimization
  return {
    batch,
    learningRate,
    schedule,
    warmup,
    betaWarmup,
    patience,
    keep,
    ...(configuration.warmStart && { warmStart: configuration.warmStart }),
    // A run whose settings were changed while it ran cannot be repeated either.
    interrupted: status === 'interrupted' || changes !== undefined,
    ...(commit && { commit }),
    date: started,
  }
}

async function describe(bytes: Uint8Array): Promise<{ bytes: number; sha256: string }> {
  return { bytes: bytes.length, sha256: await sha256(bytes) }
}
