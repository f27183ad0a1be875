import type { Card, Golden, Metric } from '../../models/card.ts'
import { toHalf } from '../../models/onnx/half.ts'
import { encodeSafetensors } from '../../models/safetensors.ts'
import { binarizedDataset } from '../data/binarized.ts'
import type { Dataset } from '../data/dataset.ts'
import { chooseSubset, SUBSET } from '../data/subset.ts'
import { encodeAll, forwardPass, type OnnxModel } from '../evaluate/onnx-model.ts'
import type { Run } from '../fit/run.ts'
import { evaluate, evaluateHeldOut } from '../step/evaluation.ts'
import { classRows, type Images } from '../step/images.ts'
import { asMetrics } from '../step/metrics.ts'

/** Numbers of the encoded test set kept for scatter plots: all 10,000 images up to 8 dimensions, fewer beyond. */
const LATENT_NUMBERS = 80_000
/** Half of one grey level of 255. */
const GOLDEN_TOLERANCE = 0.002

/** Metrics over the validation fold and the test set, on binary pixels for a model of those. */
export async function measure(
  model: OnnxModel,
  { configuration }: Run,
  dataset: Dataset,
  validation: Uint32Array,
): Promise<Metric[]> {
  const { data, seed } = configuration
  const measured = data.binarized ? binarizedDataset(dataset, seed) : dataset
  const evaluations = await evaluateHeldOut(forwardPass(model), configuration, measured, validation)
  return evaluations.flatMap(evaluation =>
    asMetrics(evaluation.split, evaluation, configuration, data.binarized),
  )
}

/** Losses over the subset of test images that cards are checked on, with grey pixels. */
export async function measureSubset(
  model: OnnxModel,
  { configuration }: Run,
  test: Images,
): Promise<Card['subset']> {
  const indices = chooseSubset(test.count)
  const { images, bce, mse, l1 } = await evaluate(forwardPass(model), configuration, test, {
    indices,
    latent: 'mu',
    seed: configuration.seed,
  })
  return { seed: SUBSET.seed, images, bce, mse, l1 }
}

/** mu of the first test images, as many as `LATENT_NUMBERS` allows, as a safetensors file. */
export async function encodeLatents(model: OnnxModel, test: Images): Promise<Uint8Array> {
  const { latentDim } = model.architecture
  const count = Math.min(test.count, Math.floor(LATENT_NUMBERS / latentDim))
  const indices = Uint32Array.from({ length: count }, (_, i) => i)
  const { mu } = await encodeAll(model, test, indices)
  const label = test.labels?.slice(0, count)
  return encodeSafetensors({
    mu: { dtype: 'F16', shape: [count, latentDim], data: toHalf(mu) },
    ...(label && { label: { dtype: 'U8' as const, shape: [count], data: label } }),
  })
}

/**
 * The first test image's latent, its decoding and the encoding of that, each rounded before the next is computed, so
 * that the card's numbers are the exact inputs.
 */
export async function goldenVector(model: OnnxModel, images: Images): Promise<Golden> {
  const rounded = (values: Float32Array) => Array.from(values, value => Number(value.toPrecision(6)))
  const first = Uint32Array.of(0)
  const { classes } = model.architecture
  const y = classes ? classRows(images, first, classes) : null
  const z = rounded((await encodeAll(model, images, first)).mu)
  const xhat = rounded(await model.decode(Float32Array.from(z), 1, y))
  const { mu } = await model.encode(Float32Array.from(xhat), 1, y)
  return { z, ...(y && { y: Array.from(y) }), xhat, mu: rounded(mu), tolerance: GOLDEN_TOLERANCE }
}
