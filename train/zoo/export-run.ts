import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { Numbers } from '../../export/convert/check/numbers.ts'
import { type Difference, measureParity, requireParity } from '../../export/convert/check/parity.ts'
import type { Precision } from '../../export/convert/graph/precision.ts'
import { convertModel } from '../../export/convert/to-onnx/convert-model.ts'
import { type Converted, OPSETS } from '../../export/convert/to-onnx/convert-options.ts'
import { writeAtomic } from '../../export/files/write-atomic.ts'
import { writeCard } from '../../export/files/write-card.ts'
import { Card, type Golden, type Metric } from '../../models/card.ts'
import { toHalf } from '../../models/onnx/half.ts'
import { versionOf } from '../../models/registry/version.ts'
import { encodeSafetensors } from '../../models/safetensors.ts'
import { sha256 } from '../../models/sha256.ts'
import { type Dataset, loadDataset } from '../data/dataset.ts'
import { chooseSubset, SUBSET } from '../data/subset.ts'
import { asMetrics } from '../evaluate/metrics.ts'
import { moments } from '../evaluate/moments.ts'
import { encodeAll, forwardPass, type OnnxModel, openOnnxModel } from '../evaluate/onnx-model.ts'
import { loadRun, type Run } from '../fit/run.ts'
import { evaluate, evaluateHeldOut } from '../step/evaluation.ts'
import { fold } from '../step/folds.ts'
import type { Images } from '../step/images.ts'

/** How far outputs may be from TF.js's, relative to the largest: rounding alone for fp32, then the weights' own. */
const TOLERANCE: Record<Precision, number> = { fp32: 1e-5, fp16: 1e-2, int8: 2e-1 }
const PARITY_IMAGES = 64
/** Numbers of the encoded test set kept for scatter plots: all 10,000 images up to 8 dimensions, fewer beyond. */
const LATENT_NUMBERS = 80_000
/** Half of one grey level of 255. */
const GOLDEN_TOLERANCE = 0.002

interface Pair {
  encoder: Converted
  decoder: Converted
}

export interface ExportOptions {
  /** Folder of models; the model's own is made in it. */
  zoo: string
  /** The model's id; that of the run by default. */
  id?: string
  precision: Precision
  dataDir?: string
}

/**
 * Turns a run into a model of the zoo: `<zoo>/<id>/` with encoder.onnx, decoder.onnx, latents.safetensors and
 * card.json. Before it writes, the converted models' outputs are compared with TF.js's own in every runtime. The
 * card's figures are measured on the files as written.
 *
 * @returns the card
 * @throws Error when the run is not there or not whole, or a runtime's outputs are too far off; nothing is written
 */
export async function exportRun(directory: string, options: ExportOptions): Promise<Card> {
  const run = await loadRun(directory)
  if (!run) throw new Error(`${directory}: expected a run (run.json), found none`)
  if (run.weights === null) {
    throw new Error(`${directory}: the run is ${run.status} and has no models yet; continue it with --resume`)
  }
  const { data } = run.configuration
  const dataset = await loadDataset(data.name, { ...data, dataDir: options.dataDir })
  const pair = await convertPair(directory, run, options.precision)
  const differences = await checkParity(directory, run, pair, options.precision, dataset.test)
  const files = { encoder: pair.encoder.bytes, decoder: pair.decoder.bytes }
  const models = await openOnnxModel(files, run.configuration.architecture.kind === 'vae')
  const { latentDim } = run.configuration.architecture
  const latents = await encodeLatents(models, dataset, latentDim)
  const chosen = fold(dataset.train.count, data.folds, data.fold, data.foldSeed, data.split)
  const trainMu = await encodeAll(models, dataset.train, chosen.train)
  const card = Card.parse({
    id: options.id ?? run.configuration.id,
    version: await versionOf({ 'encoder.onnx': files.encoder, 'decoder.onnx': files.decoder }),
    architecture: run.configuration.architecture,
    parameters: run.parameters,
    objective: run.configuration.objective,
    prior: run.configuration.prior,
    dataset: {
      name: dataset.name,
      height: dataset.height,
      width: dataset.width,
      classes: dataset.classes,
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
    },
    metrics: await measure(models, run, dataset, chosen.validation),
    subset: await measureSubset(models, run, dataset.test),
    latent: moments(trainMu, dataset, chosen.train, latentDim),
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
  const folder = join(options.zoo, card.id)
  await mkdir(folder, { recursive: true })
  await writeAtomic(join(folder, 'encoder.onnx'), files.encoder)
  await writeAtomic(join(folder, 'decoder.onnx'), files.decoder)
  await writeAtomic(join(folder, 'latents.safetensors'), latents)
  // The card last: it names the others by their hashes.
  await writeCard(folder, card)
  return card
}

async function convertPair(directory: string, run: Run, precision: Precision): Promise<Pair> {
  const outputs = run.configuration.architecture.kind === 'vae' ? ['mu', 'logvar'] : ['z']
  const encoder = join(directory, 'encoder', 'model.json')
  const decoder = join(directory, 'decoder', 'model.json')
  return {
    encoder: await convertModel(encoder, { precision, inputs: ['x'], outputs }),
    decoder: await convertModel(decoder, { precision, inputs: ['z'], outputs: ['xhat'] }),
  }
}

/** Largest difference by runtime over encoder and decoder, for the shipped precision; fp32 is checked as well. */
async function checkParity(
  directory: string,
  run: Run,
  shipped: Pair,
  precision: Precision,
  images: Images,
): Promise<Difference[]> {
  const { inputDim, latentDim } = run.configuration.architecture
  const n = Math.min(PARITY_IMAGES, images.count)
  const x: Numbers = {
    dims: [n, inputDim],
    data: Float32Array.from(images.pixels.subarray(0, n * inputDim), byte => byte / 255),
  }
  // A spread of latents around the origin; the decoder must agree wherever a user takes it.
  const z: Numbers = {
    dims: [n, latentDim],
    data: Float32Array.from({ length: n * latentDim }, (_, i) => 3 * Math.sin(i)),
  }
  const measured = async (pair: Pair, tolerance: number) => {
    const both = [
      await measureParity(join(directory, 'encoder', 'model.json'), pair.encoder, [x]),
      await measureParity(join(directory, 'decoder', 'model.json'), pair.decoder, [z]),
    ]
    for (const differences of both) requireParity(differences, tolerance)
    return both[0].map((d, i) => ({
      ...d,
      maxAbs: Math.max(d.maxAbs, both[1][i].maxAbs),
      maxRel: Math.max(d.maxRel, both[1][i].maxRel),
    }))
  }
  if (precision !== 'fp32') await measured(await convertPair(directory, run, 'fp32'), TOLERANCE.fp32)
  return measured(shipped, TOLERANCE[precision])
}

async function measure(
  pair: OnnxModel,
  { configuration }: Run,
  dataset: Dataset,
  validation: Uint32Array,
): Promise<Metric[]> {
  const model = forwardPass(pair, configuration.architecture.inputDim)
  const evaluations = await evaluateHeldOut(model, configuration, dataset, validation)
  return evaluations.flatMap(evaluation => asMetrics(evaluation.split, evaluation, configuration))
}

async function measureSubset(pair: OnnxModel, { configuration }: Run, test: Images): Promise<Card['subset']> {
  const model = forwardPass(pair, configuration.architecture.inputDim)
  const indices = chooseSubset(test.count)
  const { images, bce, mse, l1 } = await evaluate(model, configuration, test, {
    indices,
    latent: 'mu',
    seed: configuration.seed,
  })
  return { seed: SUBSET.seed, images, bce, mse, l1 }
}

/** mu of the first test images: as many as `LATENT_NUMBERS` allows. */
async function encodeLatents(pair: OnnxModel, { test }: Dataset, latentDim: number): Promise<Uint8Array> {
  const count = Math.min(test.count, Math.floor(LATENT_NUMBERS / latentDim))
  const mu = await encodeAll(
    pair,
    test,
    Uint32Array.from({ length: count }, (_, i) => i),
  )
  const label = test.labels?.slice(0, count)
  return encodeSafetensors({
    mu: { dtype: 'F16', shape: [count, latentDim], data: toHalf(mu) },
    ...(label && { label: { dtype: 'U8' as const, shape: [count], data: label } }),
  })
}

/** The first test image's latent, its decoding and the encoding of that; rounded first, so that the card says it all. */
async function goldenVector(pair: OnnxModel, images: Images): Promise<Golden> {
  const rounded = (values: Float32Array) => Array.from(values, value => Number(value.toPrecision(6)))
  const z = rounded(await encodeAll(pair, images, Uint32Array.of(0)))
  const xhat = rounded(await pair.decode(Float32Array.from(z), 1))
  const { mu } = await pair.encode(Float32Array.from(xhat), 1)
  return { z, xhat, mu: rounded(mu), tolerance: GOLDEN_TOLERANCE }
}

async function describe(bytes: Uint8Array): Promise<{ bytes: number; sha256: string }> {
  return { bytes: bytes.length, sha256: await sha256(bytes) }
}
