import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { Precision } from '../../export/convert/graph/precision.ts'
import { OPSETS } from '../../export/convert/to-onnx/convert-options.ts'
import { writeAtomic } from '../../export/files/write-atomic.ts'
import { writeCard } from '../../export/files/write-card.ts'
import { Card, type Recipe } from '../../models/card.ts'
import { versionOf } from '../../models/registry/version.ts'
import { sha256 } from '../../models/sha256.ts'
import { chooseFold } from '../data/choose-fold.ts'
import { loadDataset } from '../data/load-dataset.ts'
import { encodeTestImages, TEST_IMAGES_FILE, testImagesOf } from '../data/test-images.ts'
import { type DensityOptions, type Encoded, measureDensity } from '../density/measure-density.ts'
import { measureAggregatePosterior } from '../evaluate/aggregate-posterior.ts'
import { encodeAll, openOnnxModel } from '../evaluate/onnx-model.ts'
import { loadRun, type Run } from '../fit/run.ts'

import { describeData, requireSameData } from '../fit/run-data.ts'
import { requireSavedWeights } from '../fit/saved-weights.ts'

import { moments } from '../step/moments.ts'

import { encodeLatents, goldenVector, measure, measureSubset } from './card-figures.ts'
import { checkParity, convertPair, PARITY_IMAGES } from './convert-pair.ts'
import { refuseOtherData } from './refuse-other-data.ts'

/** Options of `exportRun`. */
export interface ExportOptions extends DensityOptions {
  /** Folder of models; the model's own is made in it. */
  zoo: string
  /** The model's id; that of the run by default. */
  id?: string
  precision: Precision
  dataDir?: string
  /** Leave the test images beside the model, for the registry's gate to measure it on. */
  testImages?: boolean
  /** Replace a model of other data that has the same id. */
  replace?: boolean
  /** Fit a latent density to draws from the posteriors of training images and keep it in the card. */
  density?: boolean
}

/**
 * Turns a run into a model of the zoo: `<zoo>/<id>/` with encoder.onnx, decoder.onnx, latents.safetensors and
 * card.json. Before it writes, the converted models' outputs are compared with TF.js's own in every runtime. The
 * card's figures are measured on the files as written.
 *
 * @returns the card
 * @throws Error when the run is not there or not whole; its data or weights are not those it was trained on and ended
 *   with; a runtime's outputs are too far off; or a model of other data has the id. Nothing is written then
 */
export async function exportRun(directory: string, options: ExportOptions): Promise<Card> {
  const run = await loadRun(directory)
  if (!run) throw new Error(`${directory}: expected a run (run.json), found none`)
  if (run.weights === null) {
    throw new Error(`${directory}: the run is ${run.status} and has no models yet; continue it with --resume`)
  }
  const { data, architecture } = run.configuration
  const dataset = await loadDataset(data.name, { ...data, dataDir: options.dataDir })
  const chosen = chooseFold(dataset, data)
  const measuredData = describeData(dataset, chosen)
  requireSameData(directory, run, { dataset: measuredData })
  await requireSavedWeights(directory, architecture, run.weights)
  const folder = join(options.zoo, options.id ?? run.configuration.id)
  const identified = { ...measuredData, polarity: dataset.polarity }
  if (!options.replace) await refuseOtherData(folder, identified)
  const pair = await convertPair(directory, architecture, options.precision)
  const differences = await checkParity(directory, architecture, pair, options.precision, dataset.test)
  const files = { encoder: pair.encoder.bytes, decoder: pair.decoder.bytes }
  const models = await openOnnxModel(files, architecture)
  const latents = await encodeLatents(models, dataset.test)
  const posteriors = await encodeAll(models, dataset.train, chosen.train)
  const heldOut = await encodeAll(models, dataset.train, chosen.validation)
  const card = Card.parse({
    id: options.id ?? run.configuration.id,
    version: await versionOf({ 'encoder.onnx': files.encoder, 'decoder.onnx': files.decoder }),
    architecture,
    parameters: run.parameters,
    objective: run.configuration.objective,
    prior: run.configuration.prior,
    dataset: {
      name: dataset.name,
      height: dataset.height,
      width: dataset.width,
      classes: dataset.classes,
      polarity: dataset.polarity,
      identity: identified.identity,
    },
    training: {
      epochs: run.epochs,
      bestEpoch: run.savedEpoch ?? run.epochs,
      seed: run.configuration.seed,
      engine: run.configuration.engine,
      device: run.configuration.device,
      fold: data.fold,
      folds: data.folds,
      images: chosen.train.length,
      ...(data.augmentation && { augmentation: data.augmentation }),
      ...(data.binarized && { pixels: 'binarized' as const }),
      weights: run.weights,
      recipe: recipeOf(run),
    },
    metrics: await measure(models, run, dataset, chosen.validation),
    subset: await measureSubset(models, run, dataset.test),
    latent: moments(posteriors.mu, dataset, chosen.train, architecture.latentDim),
    ...(await aggregatePosterior(run, posteriors, heldOut)),
    ...(options.density && {
      density: measureDensity(posteriors, heldOut, dataset, chosen, {
        ...options,
        latentDim: architecture.latentDim,
        seed: run.configuration.seed,
      }),
    }),
    files: {
      encoder: await describe(files.encoder),
      decoder: await describe(files.decoder),
      latents: await describe(latents),
    },
    opset: OPSETS.default,
    precision: options.precision,
    parity: {
      images: PARITY_IMAGES,
      maxAbsDifference: Object.fromEntries(differences.map(d => [d.runtime, d.maxAbs])),
    },
    golden: await goldenVector(models, dataset.test),
  } satisfies Card)
  await models.close()
  await mkdir(folder, { recursive: true })
  await writeAtomic(join(folder, 'encoder.onnx'), files.encoder)
  await writeAtomic(join(folder, 'decoder.onnx'), files.decoder)
  await writeAtomic(join(folder, 'latents.safetensors'), latents)
  if (options.testImages) {
    await writeAtomic(join(folder, TEST_IMAGES_FILE), encodeTestImages(testImagesOf(dataset)))
  }
  // The card last: it names the others by their hashes.
  await writeCard(folder, card)
  return card
}

/** How the weights came about, for the card. */
function recipeOf({ configuration, status, started, commit }: Run): Recipe | undefined {
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
    interrupted: status === 'interrupted',
    ...(commit && { commit }),
    date: started,
  }
}

/** The aggregate posterior of the training images beside the prior; nothing for an AE, which has no posteriors. */
async function aggregatePosterior(
  { configuration }: Run,
  trained: Encoded,
  heldOut: Encoded,
): Promise<Pick<Card, 'aggregatePosterior'>> {
  if (!trained.logvar || !heldOut.logvar) return {}
  return {
    aggregatePosterior: await measureAggregatePosterior(
      { mu: trained.mu, logvar: trained.logvar },
      { mu: heldOut.mu, logvar: heldOut.logvar },
      configuration.prior,
      configuration.seed,
    ),
  }
}

async function describe(bytes: Uint8Array): Promise<{ bytes: number; sha256: string }> {
  return { bytes: bytes.length, sha256: await sha256(bytes) }
}
