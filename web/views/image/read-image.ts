import type { Card } from '../../../models/card.ts'
import { type EncodedImages, encodeImages, type RunnableModel } from '../../../models/encode-images.ts'
import { meanOf } from '../../../models/latent/encoded-set.ts'
import { drawPosterior } from '../../../models/latent/posterior.ts'
import { klPerDimension } from '../../../models/latent/prior.ts'
import { type Losses, losses } from '../../../models/losses.ts'
import { createRng, normals } from '../../../models/random.ts'
import { joinRows } from '../../../models/rows.ts'
import type { Model } from '../../catalog/catalog.ts'
import { type AppContext, decode } from '../../lab/app-context.ts'
import { withClass } from '../../lab/points.ts'
import { type Gaussian2, type Projection, projectGaussian } from '../../plot/plane/projection.ts'

/** What a model makes of one image. */
export interface Reading {
  /** The encoder's output, [D_z]; logvar is undefined for an AE. */
  mu: Float32Array
  logvar: Float32Array | undefined
  /** Index of the class that a conditional model encodes and decodes the image with. */
  label: number
  /** The decoded mean, [D_x]. */
  xhat: Float32Array
  /** Draws from the posterior [DRAWS, D_z] and what they decode to [DRAWS, D_x]; empty for an AE. */
  z: Float32Array
  drawn: Float32Array
  /** The losses between the image and xhat; undefined if only the image's mean is known. */
  losses: Losses | undefined
  /** KL divergence to the prior in nats; undefined without logvar. */
  kl: number | undefined
}

/** How many draws from the posterior are decoded. */
export const DRAWS = 4

/**
 * Encodes an image, decodes its mean and, for a VAE, draws from its posterior. A conditional model uses the class with
 * which it reconstructs the image best.
 *
 * @param x [D_x]
 */
export async function readImage(
  app: AppContext,
  model: Model,
  card: Card,
  x: Float32Array,
  seed: number,
): Promise<Reading> {
  const { heads, mean: mu, y } = await encodeImage(app, model, card, x)
  const { logvar } = heads
  const d = mu.length
  const eps = () => normals(createRng(seed, 'posterior'), new Float32Array(DRAWS * d))
  const z = logvar ? drawPosterior(mu, logvar, eps()) : new Float32Array()
  const latents = new Float32Array(d + z.length)
  latents.set(mu)
  latents.set(z, d)
  const label = y ? y.indexOf(1) : 0
  const { xhat: all } = await decode(app, await model.decoder().promise, withClass(card, latents, label))
  const xhat = all.slice(0, x.length)
  const kl = logvar && klPerDimension(mu, logvar, card.prior).reduce((sum, value) => sum + value, 0)
  return { mu, logvar, label, xhat, z, drawn: all.slice(x.length), losses: losses(x, xhat), kl }
}

/** Encodes one image through the engine in use. @param x [D_x] */
export async function encodeImage(
  app: AppContext,
  model: Model,
  card: Card,
  x: Float32Array,
): Promise<EncodedImages> {
  const [encoder, decoder] = await Promise.all([model.encoder().promise, model.decoder().promise])
  const runnable: RunnableModel = {
    card,
    encode: async (images, y) => app.engines.run(encoder, y ? joinRows([images, y], 1) : images, 1),
    decode: async points => (await decode(app, decoder, points)).xhat,
  }
  return encodeImages(runnable, x)
}

/**
 * Reads a test image without the encoder: its mean is in the encoded test set. @param pixels [D_x], undefined if the
 * page does not have them
 */
export async function readMean(
  app: AppContext,
  model: Model,
  card: Card,
  index: number,
  pixels: Float32Array | undefined,
): Promise<Reading> {
  const [latents, decoder] = await Promise.all([model.latents().promise, model.decoder().promise])
  const image = Math.min(index, latents.images - 1)
  const mu = meanOf(latents, image)
  const label = latents.label?.[image] ?? 0
  const { xhat } = await decode(app, decoder, withClass(card, mu, label))
  const none = new Float32Array()
  const measured = pixels?.length === xhat.length ? losses(pixels, xhat) : undefined
  return { mu, logvar: undefined, label, xhat, z: none, drawn: none, losses: measured, kl: undefined }
}

/** The posterior projected onto a plane; undefined for an AE. */
export function posteriorOn(
  projection: Projection,
  { mu, logvar }: Pick<Reading, 'mu' | 'logvar'>,
): Gaussian2 | undefined {
  return logvar && projectGaussian(projection, { mean: [...mu], variance: Array.from(logvar, Math.exp) })
}
