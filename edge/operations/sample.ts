import { z } from '@hono/zod-openapi'
import { classIndex, drawSamples } from '../../models/latent/draws.ts'
import { LIMITS } from '../limits.ts'
import { Decoded, decodedResult } from './decoded.ts'
import { exampleClass } from './example-values.ts'
import { defineOperation } from './operation.ts'
import { choice, integer, number, Picture, Seed, text } from './parameters.ts'

/** New images: points drawn from the model's density or its prior, and decoded. */
export const sample = defineOperation({
  name: 'sample',
  summary: 'New images',
  description:
    'Draws latents and decodes them. If the card has a density, which was fitted to the latents of training images, they are ' +
    'drawn from that; else from the prior or, for a class, from the Gaussian of its latents. ' +
    'With the same seed, a larger n gives the images of a smaller one and more.',
  methods: ['get'],
  formats: ['png', 'json', 'npy', 'f32'],
  answer: Decoded,
  query: z.strictObject({
    n: integer(1, LIMITS.images).default(1).openapi({ description: 'How many images', example: 16 }),
    seed: Seed,
    temperature: number(0, LIMITS.temperature)
      .default(1)
      .openapi({ description: 'Factor of the standard deviation; 0 gives the mean' }),
    class: text(100).optional().openapi({ description: 'A class, by name or index', example: '3' }),
    from: choice(['density', 'prior'])
      .optional()
      .openapi({
        description:
          'The distribution that latents are drawn from. By default the density, if the card has one. `prior` together with a ' +
          'class needs a conditional model.',
      }),
    ...Picture.shape,
  }),
  count: query => query.n,
  async run({ card, query, decode, seed }) {
    const { n, temperature, from } = query
    const label = query.class === undefined ? undefined : classIndex(card.dataset.classes, query.class)
    const points = drawSamples(card, { n, seed: seed(), temperature, class: label, from })
    return decodedResult(card, points, await decode(points), query.columns ?? Math.ceil(Math.sqrt(n)))
  },
  examples: card => {
    const label = exampleClass(card, 3)
    return [
      { title: 'Sixteen images', query: 'n=16&seed=7&scale=2', save: 'sheet.png' },
      ...(label === undefined
        ? []
        : [{ title: 'One image of a class', query: `class=${label}&seed=1`, save: 'digit.png' }]),
      { title: 'Latents and pixels as JSON', query: 'n=2&seed=7&format=json' },
      {
        title: 'An array for NumPy, nearer to the mean',
        query: 'n=100&seed=7&temperature=0.5&format=npy',
        save: 'digits.npy',
      },
    ]
  },
})
