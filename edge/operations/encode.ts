import { z } from '@hono/zod-openapi'
import { concatenate } from '../images/apng.ts'
import { defineOperation, toRows } from './operation.ts'
import { flag } from './parameters.ts'

/** The latents of posted images. */
export const encode = defineOperation({
  name: 'encode',
  summary: 'Latents from images',
  description:
    'Runs the encoder on posted images. A VAE answers the posterior’s mu and logvar, an AE its z. In npy and f32 the ' +
    'array is [heads, n, D_z], mu before logvar.',
  methods: ['post'],
  body: 'images',
  formats: ['json', 'npy', 'f32'],
  query: z.strictObject({
    invertInput: flag().openapi({ description: 'Posted images have dark ink on light paper' }),
  }),
  count: (_, body) => (body?.kind === 'images' ? body.n : 0),
  async run({ card, body, encode }) {
    if (body?.kind !== 'images') throw new Error('encode: expected images')
    const heads = await encode(body.pixels)
    const names = card.architecture.kind === 'vae' ? ['mu', 'logvar'] : ['z']
    const bytes = concatenate(names.map(name => new Uint8Array(heads[name].slice().buffer)))
    const d = card.architecture.latentDim
    return {
      tensor: { data: new Float32Array(bytes.buffer), shape: [names.length, body.n, d] },
      json: () => Object.fromEntries(names.map(name => [name, toRows(heads[name], d)])),
    }
  },
  examples: [
    {
      says: 'Dark ink on light paper, of any size',
      query: 'invertInput=true',
      send: `-H 'content-type: image/png' --data-binary @sheet.png`,
    },
  ],
})
