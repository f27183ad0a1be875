import { z } from '@hono/zod-openapi'
import type { Card } from '../../models/card.ts'
import { locate, nameEndpoint, parseEndpoint, parseStyle } from '../../models/latent/endpoints.ts'
import { layOutText, leftEdge } from '../../models/latent/written-text.ts'
import { valueError } from '../../models/value-error.ts'
import { DEFAULT_ID, type ModelCatalog } from '../catalog/model-catalog.ts'
import { Problem } from '../http/problem.ts'
import { fieldErrorsOf } from '../http/zod-issues.ts'
import { LIMITS } from '../limits.ts'
import { checkCoordinates, choice, integer, text } from '../operations/parameters.ts'

/** The most texts of one element. */
const MOST_TEXTS = 64

/** A boolean parameter: true if present, like an attribute, and false for 0 or false. */
const flag = () =>
  z
    .enum(['', '1', 'true', '0', 'false'], { error: 'true or false' })
    .transform(text => text !== '0' && text !== 'false')
    .default(false)

/** The element's attributes as parameters. Unknown ones are ignored: other sites add their own to links. */
export const EmbedQuery = z.object({
  model: text(100).default(DEFAULT_ID),
  from: text(1000).optional(),
  to: text(1000).optional(),
  corners: text(4000).optional(),
  text: text(4000).optional(),
  hand: text(LIMITS.stopLength).default('seed:7'),
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
  /** Two endpoints, or four: the corners of a square, clockwise from its top left. Empty if there are texts. */
  stops: readonly string[]
  /** Texts that turn into one another, or a single one; empty if there are stops. */
  texts: readonly string[]
}

/** Reads the options from a link's query. @throws Problem */
export async function readEmbedOptions(
  search: URLSearchParams,
  catalog: ModelCatalog,
): Promise<EmbedOptions> {
  const parameters = Object.fromEntries(search)
  const parsed = EmbedQuery.safeParse(parameters, { reportInput: true })
  if (!parsed.success) {
    throw new Problem('invalid-value', undefined, fieldErrorsOf(parsed.error.issues, 'query', parameters))
  }
  const query = parsed.data
  const { card } = (await catalog.find(query.model)).model
  const texts = textsOf(query)
  const stops = texts.length > 0 ? [] : stopsOf(query)
  for (const [field, text] of stops) checkCoordinates(locate(parseEndpoint(text, field), card, field), field)
  const style = parseStyle(query.hand, 'hand')
  for (const text of texts) {
    for (const glyph of layOutText(text, card.dataset.classes).glyphs) {
      checkCoordinates(locate({ class: glyph.class, style }, card, 'hand'), 'hand')
    }
  }
  return { query, card, stops: stops.map(([, text]) => text), texts }
}

function textsOf({ text, from, to, corners }: EmbedQuery): string[] {
  if (text === undefined) return []
  for (const [field, value] of Object.entries({ from, to, corners })) {
    if (value !== undefined) throw valueError(field, 'no value together with text', value)
  }
  const texts = text.split(';').map(each => each.trim())
  if (texts.length > MOST_TEXTS || texts.some(each => each === '' || each.length > LIMITS.textLength)) {
    const expected = `1 to ${MOST_TEXTS} texts of 1 to ${LIMITS.textLength} characters, with semicolons between them`
    throw valueError('text', expected, text)
  }
  return texts
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
  if (from !== undefined) throw valueError('from', 'no value together with corners', from)
  if (to !== undefined) throw valueError('to', 'no value together with corners', to)
  const all = corners.split(';').map(text => ['corners', text.trim()] as const)
  if (all.length !== 4) throw valueError('corners', 'four points with semicolons between them', all.length)
  return all
}

/** The element's attributes: the options that differ from their defaults. */
export function attributesOf({ query }: EmbedOptions): Record<string, string> {
  const defaults: Record<string, unknown> = EmbedQuery.parse({})
  const given = Object.entries(query).filter(([name, value]) => value !== defaults[name])
  return Object.fromEntries(given.map(([name, value]) => [name, value === true ? '' : String(value)]))
}

/** The title: "From 3 to 8", "“2026” in one handwriting". */
export function titleOf({ query, card, stops, texts }: EmbedOptions): string {
  if (texts.length > 0) {
    const [first, last] = [texts[0], texts[texts.length - 1]]
    return query.label ?? (texts.length > 1 ? `From ${first} to ${last}` : `“${first}” in one handwriting`)
  }
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

/** Images in a row of a still. With `STILL_ROWS` it is twice as wide as high, about the shape of a link preview. */
export const STILL_COLUMNS = 8
/** Rows of a still. */
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

/** Pixels of the picture before it is scaled: of one image, or of the longest text. */
export function sizeOf({ card, texts }: EmbedOptions): { width: number; height: number } {
  const { width, height, classes } = card.dataset
  if (texts.length === 0) return { width, height }
  return { width: leftEdge(Math.max(...texts.map(text => layOutText(text, classes).width)), width), height }
}

/** The interpolation as one PNG: the path in 32 steps (of a square, the path around it), or the first text. */
export function stillOf(options: EmbedOptions): Still {
  const { query, card, stops, texts } = options
  const { height, width } = card.dataset
  if (texts.length > 0) return writtenStill({ ...options, texts: texts.slice(0, 1) })
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

/** A still in the shape of link previews, 1.91 to 1. Sites would otherwise crop it to that shape. */
export function previewStill({ path, ...size }: Still): Still {
  const { width, height } = PREVIEW_SIZE
  return size.width > width || size.height > height
    ? { path, ...size }
    : { path: `${path}&frame=${width}x${height}`, width, height }
}

function writtenStill(options: EmbedOptions): Still {
  const { width, height } = sizeOf(options)
  const scale = Math.min(LIMITS.scale, Math.max(1, Math.floor(PREVIEW_SIZE.width / width)))
  return {
    path: writtenPath(options, { scale: String(scale), format: 'png' }),
    width: width * scale,
    height: height * scale,
  }
}

/** The first text as a picture. */
function writtenPath({ query, card, texts }: EmbedOptions, picture: Record<string, string>): string {
  const search = new URLSearchParams({ text: texts[0], style: query.hand, ...picture })
  return `/v1/models/${card.id}@${card.version}/write?${search}`
}

/** The interpolation as an animated PNG, for an `<img>`; of texts the first, drawn character by character. */
export function animationOf(options: EmbedOptions): string {
  const { query, card, stops, texts } = options
  const invert: Record<string, string> = query.theme === 'light' ? { invert: 'true' } : {}
  if (texts.length > 0) {
    return writtenPath(options, { scale: String(query.scale), ...invert, format: 'apng' })
  }
  const search = new URLSearchParams({
    ...routeOf(stops),
    steps: String(query.steps),
    path: query.path,
    scale: String(query.scale),
    delay: String(Math.max(10, Math.round((query.duration * (stops.length - 1)) / query.steps))),
    ...invert,
    format: 'apng',
  })
  return `/v1/models/${card.id}@${card.version}/interpolate?${search}`
}

function routeOf([a, b, c, d]: readonly string[]): Record<string, string> {
  return c === undefined ? { from: a, to: b } : { from: a, via: `${b};${c};${d}`, to: a }
}
