import { z } from '@hono/zod-openapi'
import { parsePoint, valueError } from '../../models/latent.ts'
import { LIMITS } from '../limits.ts'
import { Decoded, decodedResult } from './decoded.ts'
import { defineOperation } from './operation.ts'
import { checkCoordinates, Picture, text } from './parameters.ts'

/** Images from latents: `z=0.5,-1.2;1,1` in the URL, or a posted list. */
export const decode = defineOperation({
  name: 'decode',
  summary: 'Images from latents',
  description:
    'Decodes points of the latent space. In a URL, commas separate coordinates and semicolons separate points; ' +
    'many points go in a POST, as JSON {"z": [[…], …]} or as raw little-endian float32.',
  methods: ['get', 'post'],
  body: 'latents',
  formats: ['png', 'json', 'npy', 'f32'],
  answer: Decoded,
  query: z.strictObject({
    z: text(LIMITS.queryLength, 'points of the latent space, such as 0.5,-1.2;1,1').openapi({
      description: 'Points, D_z numbers each',
      example: '0.5,-1.2;1,1',
    }),
    ...Picture.shape,
  }),
  only: { z: 'get' },
  count: (query, body) => body?.n ?? query.z.split(';').length,
  async run({ card, query, body, decode }) {
    const { latentDim } = card.architecture
    const z = body?.kind === 'latents' ? body.z : readPoints(query.z, latentDim)
    const n = z.length / latentDim
    return decodedResult(card, z, await decode(z), query.columns ?? Math.ceil(Math.sqrt(n)))
  },
  examples: [
    { title: 'Two points of a plane', query: 'z=0.5,-1.2;1,1&scale=4', save: 'points.png' },
    {
      title: 'Posted points',
      query: 'format=json',
      send: `-H 'content-type: application/json' -d '{"z": [[0.5, -1.2], [1, 1]]}'`,
    },
  ],
})

function readPoints(text: string, latentDim: number): Float32Array {
  const points = text.split(';')
  if (points.length > LIMITS.images) {
    throw valueError('z', `at most ${LIMITS.images} points`, points.length)
  }
  const z = points.flatMap(point => {
    const values = parsePoint(point, 'z')
    if (values.length !== latentDim) throw valueError('z', `points of ${latentDim} numbers each`, point)
    return values
  })
  checkCoordinates(z, 'z')
  return Float32Array.from(z)
}
