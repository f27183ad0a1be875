import type { Card, Golden } from '../../../models/card.ts'
import { toHalf } from '../../../models/files/half.ts'
import { encodeSafetensors } from '../../../models/files/safetensors.ts'
import type { Configuration } from '../configuration.ts'
import { evaluate } from '../evaluation.ts'
import { classRows, type Images } from '../images.ts'
import { encodeAll, forwardPass, type OnnxModel } from './onnx-model.ts'
import { chooseSubset, SUBSET } from './subset.ts'

/** Numbers of the encoded test set kept for scatter plots: all 10,000 images up to 8 dimensions, fewer beyond. */
const LATENT_NUMBERS = 80_000
/** Half of one grey level of 255. */
const GOLDEN_TOLERANCE = 0.002

/** Losses over the subset of test images that cards are checked on, with grey pixels. */
export async function measureSubset(
  model: OnnxModel,
  configuration: Configuration,
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
