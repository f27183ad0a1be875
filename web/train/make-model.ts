import { convertModelFiles } from '../../export/convert/to-onnx/convert-model.ts'
import { parameterCount } from '../../models/architecture.ts'
import type { Card } from '../../models/card.ts'
import { oneHot } from '../../models/one-hot.ts'
import { toHalf } from '../../models/onnx/half.ts'
import { createRunner } from '../../models/onnx/plain-runtime.ts'
import { readMlp } from '../../models/onnx/read-mlp.ts'
import { versionOf } from '../../models/registry/version.ts'
import { joinRows } from '../../models/rows.ts'
import { encodeSafetensors } from '../../models/safetensors.ts'
import { sha256 } from '../../models/sha256.ts'
import type { Configuration } from '../../train/step/configuration.ts'
import { evaluateHeldOut } from '../../train/step/evaluation.ts'
import type { Fold } from '../../train/step/folds.ts'
import type { ForwardPass } from '../../train/step/forward.ts'
import { classRows, pickPixels } from '../../train/step/images.ts'
import { layersModels, modelJson } from '../../train/step/layers-models.ts'
import { asMetrics } from '../../train/step/metrics.ts'
import { moments } from '../../train/step/moments.ts'
import { type Parameters, parameterShapes } from '../../train/step/parameters.ts'
import type { TrainingData } from './training-data.ts'

/** A trained model as the API and the page take it: the files of its folder in the zoo, and its card. */
export interface MadeModel {
  card: Card
  files: Record<
    'encoder.onnx' | 'decoder.onnx' | 'latents.safetensors' | 'card.json',
    Uint8Array<ArrayBuffer>
  >
  /** The TF.js LayersModels that the ONNX files were converted from. */
  layersModels: Record<
    'encoder' | 'decoder',
    { 'model.json': string; 'weights.bin': Uint8Array<ArrayBuffer> }
  >
}

/** Options of `makeModel`. */
export interface MakeModelOptions {
  configuration: Configuration
  data: TrainingData
  chosen: Fold
  parameters: Parameters
  epochs: number
  /** Milliseconds since 1970 when training began. */
  began: number
  /** Whether beta or the learning rate were moved while it trained, or it was ended early. */
  interrupted: boolean
  withParameters(parameters: Parameters): ForwardPass
}

const PRECISION = 'fp16'
const BATCH = 500
/** Half of one grey level of 255. */
const GOLDEN_TOLERANCE = 0.002

/**
 * Exports a trained model in the browser: LayersModels to ONNX with float16 weights, by the converter that
 * `npm run export` uses. The card's figures are measured with the weights as they stand in the files.
 */
export async function makeModel(options: MakeModelOptions): Promise<MadeModel> {
  const { configuration, data, chosen } = options
  const { architecture } = configuration
  const vae = architecture.kind === 'vae'
  const y = architecture.classes ? ['y'] : []
  const models = layersModels(architecture, options.parameters)
  const convert = (part: 'encoder' | 'decoder', inputs: string[], outputs: string[]) => {
    const { modelTopology, weightSpecs, weightData } = models[part]
    return convertModelFiles(
      { modelTopology, weightSpecs, weightData: [weightData] },
      { precision: PRECISION, inputs, outputs },
    )
  }
  const encoder = convert('encoder', ['x', ...y], vae ? ['mu', 'logvar'] : ['z'])
  const decoder = convert('decoder', ['z', ...y], ['xhat'])
  const onnx = {
    'encoder.onnx': encoder.bytes as Uint8Array<ArrayBuffer>,
    'decoder.onnx': decoder.bytes as Uint8Array<ArrayBuffer>,
  }
  const stored = storedParameters(configuration, onnx)
  const forward = options.withParameters(stored)
  const evaluations = await evaluateHeldOut(forward, configuration, data, chosen.validation)
  const all = (count: number) => Uint32Array.from({ length: count }, (_, i) => i)
  const trained = await encode(forward, configuration, data.train, chosen.train)
  const tested = await encode(forward, configuration, data.test, all(data.test.count))
  const latents = encodeSafetensors({
    mu: { dtype: 'F16', shape: [data.test.count, architecture.latentDim], data: toHalf(tested) },
    ...(data.test.labels && {
      label: { dtype: 'U8' as const, shape: [data.test.count], data: data.test.labels.slice() },
    }),
  }) as Uint8Array<ArrayBuffer>
  const describe = async (bytes: Uint8Array) => ({ bytes: bytes.length, sha256: await sha256(bytes) })
  const { optimization } = configuration
  const card: Card = {
    id: configuration.id,
    version: await versionOf(onnx),
    architecture,
    parameters: parameterCount(architecture),
    objective: configuration.objective,
    prior: configuration.prior,
    dataset: { name: data.name, height: data.height, width: data.width, classes: data.classes },
    training: {
      epochs: options.epochs,
      bestEpoch: options.epochs,
      seed: configuration.seed,
      engine: configuration.engine,
      device: configuration.device,
      fold: configuration.data.fold,
      folds: configuration.data.folds,
      images: chosen.train.length,
      weights: await weightHash(configuration, options.parameters),
      recipe: {
        batch: optimization.batch,
        learningRate: optimization.learningRate,
        schedule: optimization.schedule,
        warmup: optimization.warmup,
        betaWarmup: optimization.betaWarmup,
        patience: optimization.patience,
        keep: optimization.keep,
        interrupted: options.interrupted,
        date: new Date(options.began).toISOString(),
      },
    },
    metrics: evaluations.flatMap(evaluation => asMetrics(evaluation.split, evaluation, configuration)),
    latent: moments(trained, data, chosen.train, architecture.latentDim),
    files: {
      encoder: await describe(onnx['encoder.onnx']),
      decoder: await describe(onnx['decoder.onnx']),
      latents: await describe(latents),
    },
    opset: 17,
    precision: PRECISION,
    parity: { images: data.test.count, maxAbsDifference: {} },
    golden: goldenVector(configuration, data, onnx, tested),
  }
  const files = {
    ...onnx,
    'latents.safetensors': latents,
    'card.json': new TextEncoder().encode(JSON.stringify(card, null, 1)),
  }
  const source = (part: 'encoder' | 'decoder') => ({
    'model.json': modelJson(models[part]),
    'weights.bin': models[part].weightData,
  })
  return { card, files, layersModels: { encoder: source('encoder'), decoder: source('decoder') } }
}

/** SHA-256 of the trained weights in the order of `parameterShapes`: what run.json and cards call `weights`. */
export function weightHash({ architecture }: Configuration, parameters: Parameters): Promise<string> {
  const all = parameterShapes(architecture).map(({ name }) => parameters[name])
  const joined = new Float32Array(all.reduce((sum, part) => sum + part.length, 0))
  let at = 0
  for (const part of all) {
    joined.set(part, at)
    at += part.length
  }
  return sha256(new Uint8Array(joined.buffer))
}

/** The parameters as the files hold them: rounded to float16 where the files round them. */
function storedParameters(
  { architecture }: Configuration,
  files: Record<'encoder.onnx' | 'decoder.onnx', Uint8Array>,
): Parameters {
  const layers = [...readMlp(files['encoder.onnx']).layers, ...readMlp(files['decoder.onnx']).layers]
  const stored = layers.flatMap(({ weights, bias }) => [weights, bias])
  return Object.fromEntries(parameterShapes(architecture).map(({ name }, i) => [name, stored[i]]))
}

/** mu of the images at `indices`, [indices, D_z]. */
async function encode(
  model: ForwardPass,
  { architecture }: Configuration,
  images: TrainingData['train'],
  indices: Uint32Array,
): Promise<Float32Array> {
  const { latentDim, classes } = architecture
  const all = new Float32Array(indices.length * latentDim)
  for (let from = 0; from < indices.length; from += BATCH) {
    const batch = indices.subarray(from, from + BATCH)
    const { mu } = await model({
      pixels: pickPixels(images, batch),
      y: classes ? classRows(images, batch, classes) : null,
      eps: new Float32Array(batch.length * latentDim),
    })
    all.set(mu, from * latentDim)
  }
  return all
}

/** The first test image's latent, its decoding and the encoding of that, in the plain runtime; rounded first. */
function goldenVector(
  { architecture }: Configuration,
  { test }: TrainingData,
  files: Record<'encoder.onnx' | 'decoder.onnx', Uint8Array>,
  mu: Float32Array,
): NonNullable<Card['golden']> {
  const rounded = (values: Float32Array) => Array.from(values, value => Number(value.toPrecision(6)))
  const y = architecture.classes ? oneHot([test.labels?.[0] ?? 0], architecture.classes) : null
  const run = (name: 'encoder.onnx' | 'decoder.onnx', values: number[]) => {
    const input = Float32Array.from(values)
    return createRunner(readMlp(files[name]))(y ? joinRows([input, y], 1) : input, 1)
  }
  const z = rounded(mu.slice(0, architecture.latentDim))
  const xhat = rounded(run('decoder.onnx', z).xhat)
  const encoded = run('encoder.onnx', xhat)
  return {
    z,
    ...(y && { y: [...y] }),
    xhat,
    mu: rounded(encoded.mu ?? encoded.z),
    tolerance: GOLDEN_TOLERANCE,
  }
}
