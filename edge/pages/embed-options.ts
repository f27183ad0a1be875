import { z } from '@hono/zod-openapi'
import type { Card } from '../../models/card.ts'
import { locate, nameEndpoint, parseEndpoint } from '../../models/endpoints.ts'
import { valueError } from '../../models/value-error.ts'
import type { ModelCatalog } from '../catalog/model-catalog.ts'
import { Problem } from '../http/problem.ts'
import { faultsOf } from '../http/zod-issues.ts'
import { LIMITS } from '../limits.ts'
import { checkCoordinates, choice, integer, text } from '../operations/parameters.ts'

/** A parameter that is on where it is present, as an attribute is, and off with 0 or false. */
const flag = () =>
  z
    .enum(['', '1', 'true', '0', 'false'], { error: 'true or false' })
    .transform(text => text !== '0' && text !== 'false')
    .default(false)

/** The element's attributes as parameters. Unknown ones are ignored: other sites add their own to links. */
export const EmbedQuery = z.object({
  model: text(100),
  from: text(1000).optional(),
  to: text(1000).optional(),
  corners: text(4000).optional(),
  steps: integer(2, LIMITS.steps).default(17),
  path: choice(['lerp', 'slerp']).default('lerp'),
  engine: choice(['auto', 'edge', 'local']).default('auto'),
  theme: choice(['auto', 'light', 'dark']).default('auto'),
  scale: integer(1, LIMITS.scale).default(8),
  duration: integer(100, 60_000).default(2500),
  label: text(200).optional(),
  autoplay: flag(),
  loop: flag(),
  controls: flag(),
})
type EmbedQuery = z.output<typeof EmbedQuery>

/** The options of an embedded interpolation, checked against a model. */
export interface EmbedOptions {
  query: EmbedQuery
  card: Card
  /** Two endpoints, or four: the corners of a square, clockwise from its top left. */
  stops: readonly string[]
}

/** Reads the options from a link's query. @throws Problem */
export async function readEmbedOptions(
  search: URLSearchParams,
  catalog: ModelCatalog,
): Promise<EmbedOptions> {
  const parameters = Object.fromEntries(search)
  const parsed = EmbedQuery.safeParse(parameters, { reportInput: true })
  if (!parsed.success) {
    throw new Problem('invalid-value', undefined, faultsOf(parsed.error.issues, 'query', parameters))
  }
  const query = parsed.data
  const { card } = (await catalog.find(query.model)).model
  const stops = stopsOf(query)
  for (const [field, text] of stops) checkCoordinates(locate(parseEndpoint(text, field), card, field), field)
  return { query, card, stops: stops.map(([, text]) => text) }
}

function stopsOf({ from, to, corners }: EmbedQuery): (readonly [field: string, text: string])[] {
  if (corners === undefined) {
    const expected = 'seed:…, class:… or z:…'
    if (from === undefined) throw valueError('from', expected, undefined)
    if (to === undefined) throw valueError('to', expected, undefined)
    return [
      ['from', from],
      ['to', to],
    ]
  }
  if (from !== undefined) throw valueError('from', 'nothing beside corners', from)
  if (to !== undefined) throw valueError('to', 'nothing beside corners', to)
  const all = corners.split(';').map(text => ['corners', text.trim()] as const)
  if (all.length !== 4) throw valueError('corners', 'four points with semicolons between them', all.length)
  return all
}

/** The element's attributes: the options that differ from their defaults. */
export function attributesOf({ query }: EmbedOptions): Record<string, string> {
  const defaults: Record<string, unknown> = EmbedQuery.parse({ model: query.model })
  const given = Object.entries(query).filter(([name, value]) => name === 'model' || value !== defaults[name])
  return Object.fromEntries(given.map(([name, value]) => [name, value === true ? '' : String(value)]))
}

/** The interpolation's title: "From 3 to 8". */
export function titleOf({ query, card, stops }: EmbedOptions): string {
  const names = stops.map(text => nameEndpoint(parseEndpoint(text), card.dataset.classes))
  return (
    query.label ?? (names.length === 2 ? `From ${names[0]} to ${names[1]}` : `Between ${names.join(', ')}`)
  )
}

/** A picture's path and its size in pixels. */
export interface Still {
  path: string
  width: number
  height: number
}

/** Images in a row of a still, and rows: twice as wide as high, about the shape that link previews have. */
export const STILL_COLUMNS = 8
export const STILL_ROWS = 4
/** Pixels of the picture in a link preview, as sites that show them ask for. */
export const PREVIEW_SIZE = { width: 1200, height: 630 } as const

/** The largest scale at which columns × rows of a data set's images fit into a link preview. */
export function previewScale({ dataset }: Card, columns: number, rows: number): number {
  const fit = Math.min(
    PREVIEW_SIZE.width / (columns * dataset.width),
    PREVIEW_SIZE.height / (rows * dataset.height),
  )
  return Math.min(LIMITS.scale, Math.max(1, Math.floor(fit)))
}

/** The interpolation as one PNG: the path in 32 steps; for a square, the path around it. */
export function stillOf({ query, card, stops }: EmbedOptions): Still {
  const { height, width } = card.dataset
  const [columns, rows] = [STILL_COLUMNS, STILL_ROWS]
  const scale = previewScale(card, columns, rows)
  const search = new URLSearchParams({
    ...routeOf(stops),
    steps: String(columns * rows),
    path: query.path,
    columns: String(columns),
    scale: String(scale),
    format: 'png',
  })
  return {
    path: `/v1/models/${card.id}@${card.version}/interpolate?${search}`,
    width: columns * width * scale,
    height: rows * height * scale,
  }
}

/** What link previews show of a picture: its whole in the shape of 1.91 to 1, to which others would be cropped. */
export function previewStill({ path, ...size }: Still): Still {
  const { width, height } = PREVIEW_SIZE
  return size.width > width || size.height > height
    ? { path, ...size }
    : { path: `${path}&frame=${width}x${height}`, width, height }
}

/** The interpolation as an animated PNG, for an `<img>`. */
export function animationOf({ query, card, stops }: EmbedOptions): string {
  const search = new URLSearchParams({
    ...routeOf(stops),
    steps: String(query.steps),
    path: query.path,
    scale: String(query.scale),
    delay: String(Math.max(10, Math.round((query.duration * (stops.length - 1)) / query.steps))),
    ...(query.theme === 'light' && { invert: 'true' }),
    format: 'apng',
  })
  return `/v1/models/${card.id}@${card.version}/interpolate?${search}`
}

function routeOf([a, b, c, d]: readonly string[]): Record<string, string> {
  return c === undefined ? { from: a, to: b } : { from: a, via: `${b};${c};${d}`, to: a }
}
