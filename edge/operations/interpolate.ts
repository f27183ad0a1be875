import { z } from '@hono/zod-openapi'
import type { Card } from '../../models/card.ts'
import { encodeImages } from '../../models/encode-images.ts'
import { toBase64 } from '../../models/files/base64.ts'
import { pointSize } from '../../models/latent/draws.ts'
import { locate, parseEndpoint } from '../../models/latent/endpoints.ts'
import { walk } from '../../models/latent/paths.ts'
import { joinRows } from '../../models/rows.ts'
import { valueError } from '../../models/value-error.ts'
import { toProblem } from '../http/problem.ts'
import { encodePng } from '../images/encode-png.ts'
import { layOut } from '../images/sheet.ts'
import { LIMITS } from '../limits.ts'
import type { Stop } from './body.ts'
import { Decoded, decodedResult, pointFields } from './decoded.ts'
import { exampleStop } from './example-values.ts'
import { defineOperation, type OperationContext } from './operation.ts'
import { checkCoordinates, choice, InvertInput, integer, Picture, text } from './parameters.ts'
import { toPixelRows } from './rows.ts'

const endpoint = (description: string, example: string) =>
  text(LIMITS.stopLength, 'seed:…, class:…, class:…@seed:… or z:…').openapi({
    description: `${description}: seed:…, class:…, z:…, or a class in a style, class:3@seed:5`,
    example,
  })

const Query = z.strictObject({
  from: endpoint('The first stop', 'seed:1'),
  to: endpoint('The last stop', 'class:7'),
  via: text(4 * LIMITS.stopLength)
    .optional()
    .openapi({ description: 'Stops between them, separated by semicolons', example: 'class:3;z:0,0' }),
  steps: integer(2, LIMITS.steps).default(10).openapi({ description: 'Images, both ends included' }),
  path: choice(['lerp', 'slerp'])
    .default('lerp')
    .openapi({ description: 'lerp: a straight line; slerp: an arc around the prior’s mean' }),
  delay: integer(10, 10_000).default(100).openapi({ description: 'Milliseconds a frame is shown, in apng' }),
  invertInput: InvertInput,
  ...Picture.shape,
})
type Query = z.output<typeof Query>

/** Frames decoded at once while streaming: few enough to arrive as a movement, enough to be worth a batch. */
const STREAM_BATCH = 8

/** Images along a path between points of the latent space. */
export const interpolate = defineOperation({
  name: 'interpolate',
  summary: 'From one image to another',
  description:
    'Decodes points along a path through two or more stops: as a strip (png), an animation (apng), arrays, or ' +
    'server-sent events (sse) that arrive frame by frame. Stops that are images are posted. class:3@seed:5 is the class 3 ' +
    'in the style of seed 5; between two classes a conditional model decodes mixtures of them.',
  methods: ['get', 'post'],
  body: 'stops',
  formats: ['png', 'apng', 'json', 'npy', 'f32', 'sse'],
  answer: Decoded,
  query: Query,
  only: { from: 'get', to: 'get', via: 'get', invertInput: 'post' },
  count: query => query.steps,
  async run(context) {
    const { card, query, decode } = context
    const points = await pathOf(context)
    return decodedResult(card, points, await decode(points), query.columns ?? query.steps)
  },
  async stream(context, first) {
    return frames(context, await pathOf(context), first)
  },
  examples: card => [
    {
      title: 'A strip',
      query: `from=${exampleStop(card, 1)}&to=${exampleStop(card, 7)}&steps=12&scale=2`,
      save: 'strip.png',
    },
    {
      title: 'An animation through three stops',
      query: `from=seed:4&via=${exampleStop(card, 2)}&to=seed:9&steps=24&path=slerp&format=apng&scale=4`,
      save: 'walk.png',
    },
    { title: 'A stream', query: 'from=seed:1&to=seed:2&steps=3&format=sse' },
    {
      title: 'Between your own pictures',
      query: 'steps=8',
      send: '-F image=@digit.png -F image=@digit.png',
      save: 'posted.png',
    },
    {
      title: 'Stops of every kind',
      query: 'steps=9&format=json',
      send: `-H 'content-type: application/json' -d '{"stops": ["seed:1", "${exampleStop(card, 3)}", {"seed": 5}]}'`,
    },
  ],
})

/** The points to decode. */
async function pathOf({
  card,
  query,
  body,
  encode,
  decode,
}: OperationContext<Query>): Promise<Float32Array<ArrayBuffer>> {
  const stops =
    body?.kind === 'stops'
      ? await Promise.all(
          body.stops.map((stop, i) => locatePosted(stop, { card, encode, decode }, `stops.${i}`)),
        )
      : locateNamed(query, card)
  return walk(stops, query.steps, query.path, card.prior)
}

function locateNamed({ from, to, via }: Query, card: Card): Float32Array[] {
  const between = via?.split(';') ?? []
  if (between.length > LIMITS.stops - 2) {
    throw valueError('via', `at most ${LIMITS.stops - 2} points`, between.length)
  }
  const all = [['from', from], ...between.map(text => ['via', text]), ['to', to]]
  return all.map(([field, text]) => {
    const point = locate(parseEndpoint(text, field), card, field)
    checkCoordinates(point, field)
    return point
  })
}

async function locatePosted(
  stop: Stop,
  model: Pick<OperationContext<Query>, 'card' | 'encode' | 'decode'>,
  field: string,
): Promise<Float32Array> {
  if ('pixels' in stop) {
    const { mean, y } = await encodeImages(model, stop.pixels)
    return y ? joinRows([mean, y], 1) : mean
  }
  try {
    return locate(stop, model.card, field)
  } catch (error) {
    throw toProblem(error, 'body')
  }
}

async function* frames(
  { card, query, decode }: OperationContext<Query>,
  points: Float32Array,
  first: number,
) {
  const { height, width } = card.dataset
  const d = pointSize(card)
  for (let start = first; start < query.steps; start += STREAM_BATCH) {
    const batch = points.slice(start * d, (start + STREAM_BATCH) * d)
    const xhat = await decode(batch)
    const { z, y } = pointFields(card, batch)
    for (let i = 0; i < batch.length / d; i++) {
      const pixels = xhat.subarray(i * height * width, (i + 1) * height * width)
      const png = encodePng(layOut({ pixels, height, width }, 1, query.scale, query.invert))
      yield {
        index: start + i,
        z: z[i],
        ...(y && { y: y[i] }),
        xhat: toPixelRows(pixels, height * width)[0],
        png: `data:image/png;base64,${toBase64(png)}`,
      }
    }
  }
}
