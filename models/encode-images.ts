import type { Card } from './card.ts'
import { klPerDimension } from './latent/prior.ts'
import { losses } from './losses.ts'
import { oneHot } from './one-hot.ts'
import { joinRows } from './rows.ts'

/** A model that can be run, on any engine. */
export interface RunnableModel {
  card: Card
  /** @param x [n, D_x]; @param y [n, classes]; @returns mu and logvar of a VAE, z of an AE, [n, D_z] each */
  encode(x: Float32Array, y?: Float32Array): Promise<Record<string, Float32Array>>
  /** @param points [n, D_z] or [n, D_z + classes]; @returns [n, D_x] */
  decode(points: Float32Array): Promise<Float32Array>
}

/** Encoded images. */
export interface EncodedImages {
  /** By name: mu and logvar [n, D_z] of a VAE, z of an AE. */
  heads: Record<string, Float32Array>
  /** The posterior's mean, or an AE's latent, [n, D_z]. */
  mean: Float32Array
  /** The shares of classes that the encoder read, [n, classes]; null where the model is not conditional. */
  y: Float32Array | null
}

/**
 * Encodes images. A conditional model also reads a class for each image; if none is given, the class with the lowest
 * negative ELBO at z = mu is taken.
 *
 * @param x [n, D_x]
 * @param y [n, classes]
 */
export async function encodeImages(
  model: RunnableModel,
  x: Float32Array,
  y?: Float32Array,
): Promise<EncodedImages> {
  const { classes } = model.card.architecture
  if (classes !== undefined && !y) return encodeUnlabelled(model, x, classes)
  const heads = await model.encode(x, y)
  return { heads, mean: heads.mu ?? heads.z, y: y ?? null }
}

async function encodeUnlabelled(
  model: RunnableModel,
  x: Float32Array,
  classes: number,
): Promise<EncodedImages> {
  const { inputDim, latentDim } = model.card.architecture
  const n = x.length / inputDim
  const lowest = new Float64Array(n).fill(Number.POSITIVE_INFINITY)
  const chosen = new Uint8Array(n)
  const heads: Record<string, Float32Array> = {}
  for (let label = 0; label < classes; label++) {
    const encoded = await encodeImages(model, x, oneHot(new Uint8Array(n).fill(label), classes))
    const xhat = await model.decode(joinRows([encoded.mean, encoded.y!], n))
    for (const name in encoded.heads) heads[name] ??= new Float32Array(n * latentDim)
    for (let i = 0; i < n; i++) {
      const cost = negativeElbo(model.card, x, xhat, encoded.heads, i)
      if (cost >= lowest[i]) continue
      lowest[i] = cost
      chosen[i] = label
      const [from, to] = [i * latentDim, (i + 1) * latentDim]
      for (const name in heads) heads[name].set(encoded.heads[name].subarray(from, to), from)
    }
  }
  return { heads, mean: heads.mu ?? heads.z, y: oneHot(chosen, classes) }
}

/** Negative ELBO of image `i` at z = mu, in nats; for an AE without the KL term. */
function negativeElbo(
  { architecture, prior }: Card,
  x: Float32Array,
  xhat: Float32Array,
  heads: Record<string, Float32Array>,
  i: number,
): number {
  const { inputDim, latentDim } = architecture
  const image = (pixels: Float32Array) => pixels.subarray(i * inputDim, (i + 1) * inputDim)
  const latent = (values: Float32Array) => values.subarray(i * latentDim, (i + 1) * latentDim)
  const reconstruction = losses(image(x), image(xhat)).bce * inputDim
  if (!heads.logvar) return reconstruction
  const kl = klPerDimension(latent(heads.mu), latent(heads.logvar), prior)
  return kl.reduce((sum, nats) => sum + nats, reconstruction)
}
