import { z } from '@hono/zod-openapi'
import { gridPoints, locate, parseEndpoint, valueError } from '../../models/latent.ts'
import { LIMITS } from '../limits.ts'
import { Decoded, decodedResult } from './decoded.ts'
import { defineOperation } from './operation.ts'
import { checkCoordinates, integer, number, Picture, text } from './parameters.ts'

/** A square of images over two latent dimensions. */
export const grid = defineOperation({
  name: 'grid',
  summary: 'A map of two latent dimensions',
  description:
    'Decodes a square grid that reaches `range` standard deviations of the prior to either side of its mean in two ' +
    'dimensions. The first of `dims` grows to the right, the second upwards; the others stay at `at`.',
  methods: ['get'],
  formats: ['png', 'json', 'npy', 'f32'],
  answer: Decoded,
  query: z.strictObject({
    size: integer(2, LIMITS.gridSide).default(10).openapi({ description: 'Images a side' }),
    range: number(0.01, LIMITS.range).default(2).openapi({ description: 'Standard deviations of the prior' }),
    dims: text(20)
      .default('0,1')
      .openapi({ description: 'The dimensions across and upwards, counted from 0' }),
    at: text(LIMITS.queryLength).optional().openapi({
      description: 'Where the other dimensions stay: seed:…, class:… or z:…; the prior’s mean by default',
      example: 'class:3',
    }),
    ...Picture.omit({ columns: true }).shape,
  }),
  count: query => query.size * query.size,
  async run({ card, query, decode }) {
    const { size, range } = query
    const dims = readDims(query.dims, card.architecture.latentDim)
    const at = query.at === undefined ? undefined : locate(parseEndpoint(query.at, 'at'), card, 'at')
    if (at) checkCoordinates(at, 'at')
    const z = gridPoints(card.prior, { size, range, dims, at })
    return decodedResult(card, z, await decode(z), size)
  },
  examples: [
    { title: 'The plane', query: 'size=12&range=2.5', save: 'grid.png' },
    {
      title: 'Around a class, two dimensions of your choice',
      query: 'size=5&dims=1,0&at=class:3',
      save: 'around.png',
    },
  ],
})

function readDims(text: string, latentDim: number): [number, number] {
  const dims = text.split(',').map(part => (/^\d{1,4}$/.test(part) ? Number(part) : -1))
  const [across, up] = dims
  if (dims.length === 2 && across !== up && dims.every(k => k >= 0 && k < latentDim)) return [across, up]
  const expected =
    latentDim < 2 ? 'a model with two latent dimensions' : `two different numbers from 0 to ${latentDim - 1}`
  throw valueError('dims', expected, text)
}
