import { z } from '@hono/zod-openapi'
import { classIndex, drawClass, drawPrior } from '../../models/latent.ts'
import { LIMITS } from '../limits.ts'
import { Decoded, decodedResult } from './decoded.ts'
import { defineOperation } from './operation.ts'
import { integer, number, Picture, Seed, text } from './parameters.ts'

/** New images: latents drawn from the prior, or from a class's Gaussian, and decoded. */
export const sample = defineOperation({
  name: 'sample',
  summary: 'New images',
  description:
    'Draws latents from the model’s prior, or from the Gaussian of one class’s latents, and decodes them. ' +
    'The first images of a larger n are those of a smaller one with the same seed.',
  methods: ['get'],
  formats: ['png', 'json', 'npy', 'f32'],
  answer: Decoded,
  query: z.strictObject({
    n: integer(1, LIMITS.images).default(1).openapi({ description: 'How many images', example: 16 }),
    seed: Seed,
    temperature: number(0, LIMITS.temperature)
      .default(1)
      .openapi({ description: 'Multiple of the standard deviation drawn with; 0 gives the mean' }),
    class: text(100).optional().openapi({ description: 'A class, by name or index', example: '3' }),
    ...Picture.shape,
  }),
  count: query => query.n,
  async run({ card, query, decode, seed }) {
    const { n, temperature } = query
    const latents =
      query.class === undefined
        ? drawPrior(card.prior, n, seed(), temperature)
        : drawClass(
            card.latent.classes[classIndex(card.dataset.classes, query.class)],
            n,
            seed(),
            temperature,
          )
    return decodedResult(card, latents, await decode(latents), query.columns ?? Math.ceil(Math.sqrt(n)))
  },
  examples: [
    { title: 'Sixteen digits', query: 'n=16&seed=7&scale=2', save: 'sheet.png' },
    { title: 'One image of a class', query: 'class=3&seed=1', save: 'digit.png' },
    { title: 'Latents and pixels as JSON', query: 'n=2&seed=7&format=json' },
    {
      title: 'An array for NumPy, nearer to the mean',
      query: 'n=100&seed=7&temperature=0.5&format=npy',
      save: 'digits.npy',
    },
  ],
})
