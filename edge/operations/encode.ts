import { z } from '@hono/zod-openapi'
import { encodeImages } from '../../models/encode-images.ts'
import { ClassInput, readClassInput } from './class-input.ts'
import { Rows } from './decoded.ts'
import { defineOperation } from './operation.ts'
import { InvertInput } from './parameters.ts'
import { toRows } from './rows.ts'

/** The latents of posted images. */
export const encode = defineOperation({
  name: 'encode',
  summary: 'Latents from images',
  description:
    'Runs the encoder on posted images. A VAE returns the posterior’s mu and logvar, an AE its z. In npy and f32 the ' +
    'array is [heads, n, D_z], mu before logvar. The encoder of a conditional model also reads a class for each image: the ' +
    'one given, or else the one with the highest evidence lower bound.',
  methods: ['post'],
  body: 'images',
  formats: ['json', 'npy', 'f32'],
  answer: z.object({
    mu: Rows.optional().openapi({ description: 'VAE only: the posterior’s mean, [n, D_z]' }),
    logvar: Rows.optional().openapi({ description: 'VAE only: the logarithm of its variance, [n, D_z]' }),
    z: Rows.optional().openapi({ description: 'AE only: the latent, [n, D_z]' }),
    y: Rows.optional().openapi({
      description: 'Conditional models only: the shares of classes that the encoder read, [n, classes]',
    }),
  }),
  query: z.strictObject({ ...ClassInput.shape, invertInput: InvertInput }),
  count: (_, body) => body?.n ?? 0,
  async run({ card, query, body, encode, decode }) {
    if (body?.kind !== 'images') throw new Error('encode: expected images')
    const given = readClassInput(query, card, body.n)
    const { heads: outputs, y } = await encodeImages({ card, encode, decode }, body.pixels, given)
    const heads = card.architecture.kind === 'vae' ? ['mu', 'logvar'] : ['z']
    const d = card.architecture.latentDim
    const data = new Float32Array(heads.length * body.n * d)
    heads.forEach((head, i) => {
      data.set(outputs[head], i * body.n * d)
    })
    return {
      tensor: { data, shape: [heads.length, body.n, d] },
      json: () => ({
        ...Object.fromEntries(heads.map(head => [head, toRows(outputs[head], d)])),
        ...(y && { y: toRows(y, y.length / body.n) }),
      }),
    }
  },
  examples: () => [
    {
      title: 'Dark ink on light paper, of any size',
      query: 'invertInput=true',
      send: `-H 'content-type: image/png' --data-binary @sheet.png`,
    },
  ],
})
