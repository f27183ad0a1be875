import { z } from '@hono/zod-openapi'
import type { Card } from '../../models/card.ts'
import { encodeImages } from '../../models/encode-images.ts'
import { drawPosterior } from '../../models/latent/posterior.ts'
import { klPerDimension } from '../../models/latent/prior.ts'
import { losses } from '../../models/losses.ts'
import { createRng, normals } from '../../models/random.ts'
import { joinRows } from '../../models/rows.ts'
import { ClassInput, readClassInput } from './class-input.ts'
import { Shape } from './decoded.ts'
import { defineOperation } from './operation.ts'
import { choice, flag, InvertInput, Picture, Seed } from './parameters.ts'
import { toPixelRows } from './rows.ts'

const Numbers = z.array(z.number())

/** Posted images, encoded and decoded again, with their losses. */
export const reconstruct = defineOperation({
  name: 'reconstruct',
  summary: 'Images through the model and back',
  description:
    'Encodes posted images and decodes them again. json gives for each its mu and logvar (an AE: z), bce, mse and l1 ' +
    '(means over pixels) and kl (nats for the image, against the model’s prior). A conditional model also reads a class for ' +
    'each image: the one given, or else the one with the highest evidence lower bound.',
  methods: ['post'],
  body: 'images',
  formats: ['png', 'json', 'npy', 'f32'],
  answer: z.object({
    latent: z.enum(['mu', 'sampled']),
    shape: Shape,
    images: z.array(
      z.object({
        mu: Numbers.optional().openapi({ description: 'VAE only: the posterior’s mean, [D_z]' }),
        logvar: Numbers.optional().openapi({ description: 'VAE only: the logarithm of its variance, [D_z]' }),
        z: Numbers.openapi({ description: 'The latent that was decoded, [D_z]' }),
        y: Numbers.optional().openapi({
          description: 'Conditional models only: the shares of classes that were read',
        }),
        bce: z.number().openapi({ description: 'Binary cross-entropy in nats, mean over pixels' }),
        mse: z.number().openapi({ description: 'Squared difference of intensity, mean over pixels' }),
        l1: z.number().openapi({ description: 'Absolute difference of intensity, mean over pixels' }),
        kl: z
          .number()
          .optional()
          .openapi({ description: 'VAE only: nats for the image, against the model’s prior' }),
        xhat: Numbers.openapi({ description: 'The reconstruction, row by row, to six decimals' }),
      }),
    ),
  }),
  query: z.strictObject({
    latent: choice(['mu', 'sampled'])
      .default('mu')
      .openapi({ description: 'Decode the posterior’s mean, or a draw from it' }),
    seed: Seed,
    compare: flag().openapi({ description: 'Show each row of originals above its reconstructions' }),
    ...ClassInput.shape,
    invertInput: InvertInput,
    ...Picture.shape,
  }),
  count: (query, body) => (body?.n ?? 0) * (query.compare ? 2 : 1),
  async run({ card, query, body, encode, decode, seed }) {
    if (body?.kind !== 'images') throw new Error('reconstruct: expected images')
    const { height, width } = card.dataset
    const given = readClassInput(query, card, body.n)
    const { heads, mean, y } = await encodeImages({ card, encode, decode }, body.pixels, given)
    const sampled = query.latent === 'sampled' && card.architecture.kind === 'vae'
    const latents = sampled ? draw(heads.mu, heads.logvar, seed()) : mean
    const xhat = await decode(y ? joinRows([latents, y], body.n) : latents)
    const columns = query.columns ?? (query.compare ? Math.min(body.n, 16) : Math.ceil(Math.sqrt(body.n)))
    const pixels = query.compare ? interleave(body.pixels, xhat, columns * height * width) : xhat
    return {
      images: { pixels, height, width, columns },
      tensor: { data: xhat, shape: [body.n, height, width] },
      json: () => ({
        latent: sampled ? 'sampled' : 'mu',
        shape: [height, width],
        images: describe(card, body.pixels, heads, latents, y, xhat),
      }),
    }
  },
  examples: () => [
    {
      title: 'Losses and latents',
      query: 'format=json',
      send: `-H 'content-type: image/png' --data-binary @digit.png`,
    },
    {
      title: 'Originals above reconstructions',
      query: 'compare=true&scale=2',
      send: '-F image=@digit.png -F image=@digit.png',
      save: 'compare.png',
    },
  ],
})

function draw(mu: Float32Array, logvar: Float32Array, seed: number): Float32Array {
  return drawPosterior(mu, logvar, normals(createRng(seed, 'latent'), new Float32Array(mu.length)))
}

/** Alternates rows of originals and rows of reconstructions; `row` values a row, the last padded with 0. */
function interleave(x: Float32Array, xhat: Float32Array, row: number): Float32Array {
  const rows = Math.ceil(x.length / row)
  const pairs = new Float32Array(rows * 2 * row)
  for (let i = 0; i < rows; i++) {
    pairs.set(x.subarray(i * row, (i + 1) * row), 2 * i * row)
    pairs.set(xhat.subarray(i * row, (i + 1) * row), (2 * i + 1) * row)
  }
  return pairs
}

function describe(
  card: Card,
  x: Float32Array,
  heads: Record<string, Float32Array>,
  latents: Float32Array,
  y: Float32Array | null,
  xhat: Float32Array,
) {
  const { inputDim, latentDim, classes = 0 } = card.architecture
  const pixelRows = toPixelRows(xhat, inputDim)
  return Array.from({ length: x.length / inputDim }, (_, i) => {
    const row = (values: Float32Array) => Array.from(values.subarray(i * latentDim, (i + 1) * latentDim))
    const of = (values: Float32Array) => values.subarray(i * inputDim, (i + 1) * inputDim)
    const posterior = heads.logvar && { mu: row(heads.mu), logvar: row(heads.logvar) }
    return {
      ...posterior,
      z: row(latents),
      ...(y && { y: Array.from(y.subarray(i * classes, (i + 1) * classes)) }),
      ...losses(of(x), of(xhat)),
      ...(posterior && {
        kl: klPerDimension(posterior.mu, posterior.logvar, card.prior).reduce((sum, nats) => sum + nats, 0),
      }),
      xhat: pixelRows[i],
    }
  })
}
