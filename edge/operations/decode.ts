import { z } from '@hono/zod-openapi'
import { parsePoint, valueError } from '../../models/latent.ts'
import { LIMITS } from '../limits.ts'
import { decoded, defineOperation } from './operation.ts'
import { checkCoordinates, Picture, words } from './parameters.ts'

/** Images from latents: `z=0.5,-1.2;1,1` in the URL, or a posted list. */
export const decode = defineOperation({
  name: 'decode',
  summary: 'Images from latents',
  description:
    'Decodes points of the latent space. In a URL, coordinates are parted by commas and points by semicolons; ' +
    'many points go in a POST, as JSON {"z": [[…], …]} or as raw little-endian float32.',
  methods: ['get', 'post'],
  body: 'latents',
  formats: ['png', 'json', 'npy', 'f32'],
  query: z.strictObject({
    z: words(LIMITS.queryLength)
      .optional()
      .openapi({ description: 'Points, D_z numbers each (GET only)', example: '0.5,-1.2;1,1' }),
    ...Picture.shape,
  }),
  count: (query, body) => (body?.kind === 'latents' ? body.n : (query.z ?? '').split(';').length),
  async run({ card, query, body, decode }) {
    const z = body?.kind === 'latents' ? body.z : readPoints(query.z, card.architecture.latentDim)
    if (body && query.z !== undefined) throw valueError('z', 'nothing, since latents were posted', query.z)
    const n = z.length / card.architecture.latentDim
    return decoded(card, z, await decode(z), query.columns ?? Math.ceil(Math.sqrt(n)))
  },
  examples: [
    { says: 'Two points of a plane', query: 'z=0.5,-1.2;1,1&scale=4', save: 'points.png' },
    {
      says: 'Posted points',
      query: 'format=json',
      send: `-H 'content-type: application/json' -d '{"z": [[0.5, -1.2], [1, 1]]}'`,
    },
  ],
})

function readPoints(text: string | undefined, latentDim: number): Float32Array {
  if (text === undefined) throw valueError('z', `points of ${latentDim} numbers each`, undefined)
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
