import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import * as ort from 'onnxruntime-node'
import type { Precision } from '../../export/convert/graph/precision.ts'
import { OPSETS } from '../../export/convert/to-onnx/convert-options.ts'
import { writeAtomic } from '../../export/files/write-atomic.ts'
import { writeCard } from '../../export/files/write-card.ts'
import { Card } from '../../models/card.ts'
import { binarizedDataset } from '../data/binarized.ts'
import { chooseFold } from '../data/choose-fold.ts'
import { sha256 } from '../data/identity.ts'
import { loadDataset } from '../data/load-dataset.ts'
import {
  encodeTestImages,
  encodeTrainingHashes,
  TEST_IMAGES_FILE,
  TRAINING_HASHES_FILE,
  testImagesOf,
} from '../data/test-images.ts'
import { type DensityOptions, measureDensity } from '../density/measure-density.ts'
import { measureAggregatePosterior } from '../evaluate/aggregate-posterior.ts'
import { loadRun } from '../fit/run.ts'
import { locateData, requireSameData } from '../fit/run-data.ts'
import { requireSavedWeights } from '../fit/saved-weights.ts'
import type { OnnxRuntime } from '../step/onnx-engine.ts'
import { describeData } from '../step/run/describe-run.ts'
import { makeCard } from '../step/run/make-card.ts'
import { openOnnxModel } from '../step/run/onnx-model.ts'
import { countParityImages } from './convert-pair.ts'
import { convertRun } from './convert-run.ts'
import { refuseOtherData } from './refuse-other-data.ts'

/** Options of `exportRun`. */
export interface ExportOptions extends DensityOptions {
  /** Folder of models; the model's own is made in it. */
  zoo: string
  /** The model's id; that of the run by default. */
  id?: string
  precision: Precision
  dataDir?: string
  /** Leave test images and hashes of the training images beside the model, for the registry's gate to measure it on. */
  testImages?: boolean
  /** Replace a model of other data that has the same id. */
  replace?: boolean
  /** What the decoder's logits are multiplied by; see `Card.logitGain`. Default 1. */
  logitGain?: number
  /** Fit a latent density to draws from the posteriors of training images and keep it in the card. */
  density?: boolean
}

/**
 * Turns a run into a model of the zoo: `<zoo>/<id>/` with encoder.onnx, decoder.onnx, latents.safetensors and
 * card.json. Before it writes, the converted models' outputs are compared with TF.js's own in every runtime. The
 * card's figures are measured on the files as written.
 *
 * @returns the card
 * @throws Error when the run is missing or incomplete; when its data or weights are not those recorded in run.json;
 *   when a runtime's outputs differ too much; or when a model of other data has the id. Nothing is written then
 */
export async function exportRun(directory: string, options: ExportOptions): Promise<Card> {
  const run = await loadRun(directory)
  if (!run) throw new Error(`${directory}: expected a run (run.json), found none`)
  if (run.weights === null) {
    throw new Error(`${directory}: the run is ${run.status} and has no models yet; continue it with --resume`)
  }
  const { data, architecture } = run.configuration
  const dataset = await loadDataset(locateData(directory, data.name), { ...data, dataDir: options.dataDir })
  const chosen = chooseFold(dataset, data)
  const measuredData = describeData(dataset, chosen, sha256)
  requireSameData(directory, run, { dataset: measuredData })
  await requireSavedWeights(directory, architecture, run.weights)
  const folder = join(options.zoo, options.id ?? run.configuration.id)
  const identified = { ...measuredData, polarity: dataset.polarity }
  if (!options.replace) await refuseOtherData(folder, identified)
  const { precision, logitGain } = options
  const { pair, differences } = await convertRun(directory, architecture, precision, dataset.test, logitGain)
  const files = { encoder: pair.encoder.bytes, decoder: pair.decoder.bytes }
  const model = await openOnnxModel(ort as OnnxRuntime, files, architecture)
  const { card: made, latents } = await makeCard({
    run: { ...run, weights: run.weights, dataset: measuredData },
    id: options.id,
    data: dataset,
    measured: data.binarized ? binarizedDataset(dataset, run.configuration.seed) : dataset,
    fold: chosen,
    files,
    model,
    precision,
    opset: OPSETS.default,
    parity: {
      images: countParityImages(dataset.test),
      maxAbsDifference: Object.fromEntries(differences.map(d => [d.runtime, d.maxAbs])),
    },
    measureLatents: async (trained, heldOut) => ({
      ...(architecture.kind === 'vae' && {
        aggregatePosterior: await measureAggregatePosterior(
          trained,
          heldOut,
          run.configuration.prior,
          run.configuration.seed,
        ),
      }),
      ...(options.density && {
        density: measureDensity(trained, heldOut, dataset, chosen, {
          ...options,
          latentDim: architecture.latentDim,
          seed: run.configuration.seed,
        }),
      }),
    }),
  })
  const card = Card.parse({ ...made, ...(logitGain && { logitGain }) })
  await model.close()
  await mkdir(folder, { recursive: true })
  await writeAtomic(join(folder, 'encoder.onnx'), files.encoder)
  await writeAtomic(join(folder, 'decoder.onnx'), files.decoder)
  await writeAtomic(join(folder, 'latents.safetensors'), latents)
  if (options.testImages) {
    await writeAtomic(join(folder, TEST_IMAGES_FILE), encodeTestImages(testImagesOf(dataset)))
    await writeAtomic(join(folder, TRAINING_HASHES_FILE), encodeTrainingHashes(dataset))
  }
  // The card last: it names the others by their hashes.
  await writeCard(folder, card)
  return card
}
