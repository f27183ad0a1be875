import { z } from '@hono/zod-openapi'
import type { Card } from '../../models/card.ts'
import { locate, parseEndpoint, valueError, walk } from '../../models/latent.ts'
import { toProblem } from '../http/problem.ts'
import { encodePng, layOut } from '../images/sheet.ts'
import { LIMITS } from '../limits.ts'
import type { Stop } from '../pipeline/body.ts'
import { decoded, defineOperation, type Request, toPixelRows } from './operation.ts'
import { checkCoordinates, choice, flag, integer, Picture, words } from './parameters.ts'

const endpoint = (what: string, example: string) =>
  words(1000)
    .optional()
    .openapi({ description: `${what}: seed:…, class:… or z:…`, example })

const Query = z.strictObject({
  from: endpoint('Where it begins', 'seed:1'),
  to: endpoint('Where it ends', 'class:7'),
  via: words(4000)
    .optional()
    .openapi({ description: 'Points to pass, parted by semicolons', example: 'class:3;z:0,0' }),
  steps: integer(2, LIMITS.steps).default(10).openapi({ description: 'Images, both ends included' }),
  path: choice(['lerp', 'slerp'])
    .default('lerp')
    .openapi({ description: 'Straight, or along the sphere around the prior’s mean' }),
  delay: integer(10, 10_000).default(100).openapi({ description: 'Milliseconds a frame is shown, in apng' }),
  invertInput: flag().openapi({ description: 'Posted images have dark ink on light paper' }),
  ...Picture.shape,
})
type Query = ReturnType<typeof Query.parse>

/** Frames decoded at once while streaming: few enough to arrive as a movement, enough to be worth a batch. */
const BATCH = 8

/** Images on the way between points of the latent space. */
export const interpolate = defineOperation({
  name: 'interpolate',
  summary: 'From one image to another',
  description:
    'Decodes points on the way between two or more stops: as a strip (png), an animation (apng), arrays, or ' +
    'server-sent events (sse) that arrive frame by frame. Stops that are images go in a POST.',
  methods: ['get', 'post'],
  body: 'stops',
  formats: ['png', 'apng', 'json', 'npy', 'f32', 'sse'],
  query: Query,
  count: query => query.steps,
  async run(request) {
    const z = await route(request)
    return decoded(request.card, z, await request.decode(z), request.query.columns ?? request.query.steps)
  },
  async prepare(request) {
    const z = await route(request)
    return frames(request, z)
  },
  examples: [
    { says: 'A strip', query: 'from=class:1&to=class:7&steps=12&scale=2', save: 'strip.png' },
    {
      says: 'An animation around the mean',
      query: 'from=seed:4&via=class:2&to=seed:9&steps=24&path=slerp&format=apng&scale=4',
      save: 'walk.png',
    },
    { says: 'A stream', query: 'from=seed:1&to=seed:2&steps=3&format=sse' },
    {
      says: 'Between pictures of yours',
      query: 'steps=8',
      send: '-F image=@digit.png -F image=@digit.png',
      save: 'posted.png',
    },
    {
      says: 'Stops of every kind',
      query: 'steps=9&format=json',
      send: `-H 'content-type: application/json' -d '{"stops": ["seed:1", {"class": 3}, {"seed": 5}]}'`,
    },
  ],
})

/** The points to decode, [steps, D_z]. */
async function route({ card, query, body, encode }: Request<Query>): Promise<Float32Array<ArrayBuffer>> {
  if (body?.kind !== 'stops') return walk(namedStops(query, card), query.steps, query.path, card.prior)
  for (const field of ['from', 'to', 'via'] as const) {
    if (query[field] !== undefined) throw valueError(field, 'nothing, since stops were posted', query[field])
  }
  const stops: Float32Array[] = []
  for (const [i, stop] of body.stops.entries()) stops.push(await place(stop, card, encode, `stops.${i}`))
  return walk(stops, query.steps, query.path, card.prior)
}

function namedStops({ from, to, via }: Query, card: Card): Float32Array[] {
  if (from === undefined) throw valueError('from', 'seed:…, class:… or z:…', undefined)
  if (to === undefined) throw valueError('to', 'seed:…, class:… or z:…', undefined)
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

async function place(
  stop: Stop,
  card: Card,
  encode: Request<Query>['encode'],
  field: string,
): Promise<Float32Array> {
  if ('pixels' in stop) {
    const heads = await encode(stop.pixels)
    return heads.mu ?? heads.z
  }
  try {
    return locate(stop, card, field)
  } catch (error) {
    throw toProblem(error, 'body')
  }
}

async function* frames({ card, query, decode }: Request<Query>, z: Float32Array) {
  const { height, width } = card.dataset
  const d = card.architecture.latentDim
  for (let start = 0; start < query.steps; start += BATCH) {
    const batch = z.slice(start * d, (start + BATCH) * d)
    const xhat = await decode(batch)
    for (let i = 0; i < batch.length / d; i++) {
      const pixels = xhat.subarray(i * height * width, (i + 1) * height * width)
      const png = encodePng(layOut({ pixels, height, width }, 1, query.scale, query.invert))
      yield {
        index: start + i,
        z: Array.from(batch.subarray(i * d, (i + 1) * d)),
        xhat: toPixelRows(pixels, height * width)[0],
        png: `data:image/png;base64,${btoa(String.fromCharCode(...png))}`,
      }
    }
  }
}
