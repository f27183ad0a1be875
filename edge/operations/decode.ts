import { z } from '@hono/zod-openapi'
import type { Card } from '../../models/card.ts'
import { parsePoint } from '../../models/latent/endpoints.ts'
import { joinRows } from '../../models/rows.ts'
import { valueError } from '../../models/value-error.ts'
import { LIMITS } from '../limits.ts'
import { ClassInput, readClassInput } from './class-input.ts'
import { Decoded, decodedResult } from './decoded.ts'
import { exampleClass, examplePoints } from './example-values.ts'
import { defineOperation } from './operation.ts'
import { checkCoordinates, Picture, text } from './parameters.ts'

/** Images from latents: `z=0.5,-1.2;1,1` in the URL, or a posted list. */
export const decode = defineOperation({
  name: 'decode',
  summary: 'Images from latents',
  description:
    'Decodes points of the latent space. In a URL, commas separate coordinates and semicolons separate points; ' +
    'many points are better posted, as JSON {"z": [[…], …]} or as raw little-endian float32. A conditional model also needs ' +
    'the class, or in y a share for each class: any mixture is allowed. Posted JSON may have y as well as z, with a list for ' +
    'each latent.',
  methods: ['get', 'post'],
  body: 'latents',
  formats: ['png', 'json', 'npy', 'f32'],
  answer: Decoded,
  query: z.strictObject({
    z: text(LIMITS.queryLength, 'points of the latent space, such as 0.5,-1.2;1,1').openapi({
      description: 'Points, D_z numbers each',
      example: '0.5,-1.2;1,1',
    }),
    ...ClassInput.shape,
    ...Picture.shape,
  }),
  only: { z: 'get' },
  count: (query, body) => body?.n ?? query.z.split(';').length,
  async run({ card, query, body, decode }) {
    const { latentDim } = card.architecture
    const posted = body?.kind === 'latents' ? body : undefined
    const z = posted?.z ?? readPoints(query.z, latentDim)
    const n = z.length / latentDim
    const y = readClassInput(query, card, n, posted?.y)
    const points = withClasses(z, y, n, card)
    return decodedResult(card, points, await decode(points), query.columns ?? Math.ceil(Math.sqrt(n)))
  },
  examples(card) {
    const points = examplePoints(card)
    const label = card.architecture.classes === undefined ? undefined : exampleClass(card, 3)
    const query = label === undefined ? '' : `&class=${label}`
    return [
      { title: 'Two points', query: `z=${points.join(';')}${query}&scale=4`, save: 'points.png' },
      {
        title: 'Posted points',
        query: `format=json${query}`,
        send: `-H 'content-type: application/json' -d '${JSON.stringify({ z: points })}'`,
      },
    ]
  },
})

/** @throws ValueError when a conditional model gets no shares of classes */
function withClasses(z: Float32Array, y: Float32Array | undefined, n: number, card: Card): Float32Array {
  if (y) return joinRows([z, y], n)
  if (card.architecture.classes === undefined) return z
  throw valueError(
    'class',
    `one of ${card.dataset.classes.join(', ')}, or y, which this model reads`,
    undefined,
  )
}

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
