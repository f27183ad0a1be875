import { z } from '@hono/zod-openapi'
import type { Card } from '../../models/card.ts'
import { placedClasses } from '../../models/latent/draws.ts'
import { locate, parseEndpoint } from '../../models/latent/endpoints.ts'
import { gridPoints } from '../../models/latent/paths.ts'
import { valueError } from '../../models/value-error.ts'
import { LIMITS } from '../limits.ts'
import { Decoded, decodedResult } from './decoded.ts'
import { exampleStop } from './example-values.ts'
import { defineOperation } from './operation.ts'
import { checkCoordinates, integer, number, Picture, text } from './parameters.ts'

const Query = z.strictObject({
  size: integer(2, LIMITS.gridSide)
    .default(10)
    .openapi({ description: 'Images on each side; of a map of classes and styles, the number of styles' }),
  range: number(0.01, LIMITS.range).default(2).openapi({ description: 'Standard deviations of the prior' }),
  dims: text(20).optional().openapi({
    description: 'The dimensions across and upwards, counted from 0; 0,1 by default',
    example: '0,1',
  }),
  at: text(LIMITS.queryLength)
    .optional()
    .openapi({
      description:
        'The point that gives the other dimensions: seed:…, class:… or z:…; by default the prior’s mean. A conditional ' +
        'model needs it for a map of two dimensions, since it also gives the class',
      example: 'class:3',
    }),
  styles: integer(0, 0xffffffff).default(0).openapi({
    description:
      'For a map of classes and styles: the seed of the first row’s style; each row below has the next seed',
  }),
  ...Picture.omit({ columns: true }).shape,
})
type Query = z.output<typeof Query>

/** A square of images over two latent dimensions, or the classes in several styles. */
export const grid = defineOperation({
  name: 'grid',
  summary: 'A map of two latent dimensions, or of classes and styles',
  description:
    'Decodes a square grid that reaches `range` standard deviations of the prior to either side of its mean in two ' +
    'dimensions. The first of `dims` grows to the right, the second upwards; the others are those of the point `at`. For a ' +
    'conditional model without `dims` and `at` the map has a column for each class and a row for each style, the one that ' +
    '`write` uses for that seed.',
  methods: ['get'],
  formats: ['png', 'json', 'npy', 'f32'],
  answer: Decoded,
  query: Query,
  count: (query, _, card) => query.size * columnsOf(query, card),
  async run({ card, query, decode }) {
    const points = showsStyles(query, card) ? stylePoints(query, card) : planePoints(query, card)
    return decodedResult(card, points, await decode(points), columnsOf(query, card))
  },
  examples(card) {
    const { classes, latentDim } = card.architecture
    const plane = latentDim < 2 ? [] : planeExamples(card)
    if (classes === undefined) return plane
    return [{ title: 'Classes across, styles down', query: 'size=6&scale=2', save: 'styles.png' }, ...plane]
  },
})

function planeExamples(card: Card) {
  const around = exampleStop(card, 3)
  const plane =
    card.architecture.classes === undefined
      ? { title: 'The plane', query: 'size=12&range=2.5' }
      : { title: 'Two dimensions of a class', query: `size=12&range=2.5&at=${around}` }
  return [
    { ...plane, save: 'grid.png' },
    {
      title: 'Around a stop, two dimensions of your choice',
      query: `size=5&dims=1,0&at=${around}`,
      save: 'around.png',
    },
  ]
}

function showsStyles({ dims, at }: Query, { architecture }: Card): boolean {
  return architecture.classes !== undefined && dims === undefined && at === undefined
}

function columnsOf(query: Query, card: Card): number {
  return showsStyles(query, card) ? placedClasses(card).length : query.size
}

/** A row of all classes that had training images for each style, [size · classes, size of a point]. */
function stylePoints({ size, styles }: Query, card: Card): Float32Array {
  const rows = Array.from({ length: size }, (_, row) =>
    placedClasses(card).map(label =>
      locate({ class: label, style: { seed: (styles + row) >>> 0 } }, card, 'styles'),
    ),
  ).flat()
  const width = rows[0].length
  const points = new Float32Array(rows.length * width)
  rows.forEach((point, i) => {
    points.set(point, i * width)
  })
  return points
}

function planePoints({ size, range, dims: text = '0,1', at: place }: Query, card: Card): Float32Array {
  const dims = readDims(text, card.architecture.latentDim)
  if (place === undefined && card.architecture.classes !== undefined) {
    throw valueError('at', 'class:… or class:…@seed:…, because this model reads a class', undefined)
  }
  const at = place === undefined ? undefined : locate(parseEndpoint(place, 'at'), card, 'at')
  if (at) checkCoordinates(at, 'at')
  return gridPoints(card.prior, { size, range, dims, at })
}

function readDims(text: string, latentDim: number): [number, number] {
  const dims = text.split(',').map(part => (/^\d{1,4}$/.test(part) ? Number(part) : -1))
  const [across, up] = dims
  if (dims.length === 2 && across !== up && dims.every(k => k >= 0 && k < latentDim)) return [across, up]
  const expected =
    latentDim < 2 ? 'a model with two latent dimensions' : `two different numbers from 0 to ${latentDim - 1}`
  throw valueError('dims', expected, text)
}
