import { parseEndpoint, parseStyle } from '../../../models/latent/endpoints.ts'
import type { Path } from '../../../models/latent/paths.ts'
import { isValueError } from '../../../models/value-error.ts'
import { elementError } from './element-error.ts'

/** The element's attributes, parsed and checked. */
export interface Options {
  /** Base URLs of the servers to try in order, each with a slash at its end. */
  servers: readonly string[]
  /** `id` or `id@version`. */
  model: string
  /** Two endpoints of a path, or four corners of a square clockwise from the top left; empty for texts. */
  endpoints: readonly string[]
  /** Texts that turn into one another; a single one is counted up to. Empty for a path or a square. */
  texts: readonly string[]
  /** The style that texts are written in, as `parseStyle` reads it. */
  hand: string
  /**
   * Frames along a path or a side of the square, with its ends: the positions of the keys and of frames from the API.
   */
  steps: number
  path: Path
  engine: 'auto' | 'edge' | 'local'
  autoplay: boolean
  loop: boolean
  controls: boolean
  /** CSS pixels for one pixel of an image. */
  scale: number
  /** Milliseconds of playback along the path, or along a side of the square. */
  duration: number
  theme: 'auto' | 'light' | 'dark'
  /** Accessible name; if undefined it is made from the endpoints. */
  label: string | undefined
}

/** Integer attributes: minimum, maximum, default. */
export const NUMBERS = {
  steps: [2, 128, 17],
  scale: [1, 16, 8],
  duration: [100, 60_000, 2500],
} as const
/** Attributes with a fixed set of values, of which the first is the default. */
export const CHOICES = {
  path: ['lerp', 'slerp'],
  engine: ['auto', 'edge', 'local'],
  theme: ['auto', 'light', 'dark'],
} as const
/** Attributes that are true if they are present. */
export const FLAGS = ['autoplay', 'loop', 'controls'] as const
/** Attributes whose value is any text. */
export const TEXTS = ['src', 'model', 'from', 'to', 'corners', 'text', 'hand', 'label'] as const
/** The names of all attributes. */
export const ATTRIBUTES = [...TEXTS, ...Object.keys(NUMBERS), ...Object.keys(CHOICES), ...FLAGS]

/** Reads an attribute's text; null if it is absent. */
type GetAttribute = (attribute: string) => string | null

/**
 * Parses an element's attributes.
 *
 * @param defaultServers base URLs of the servers to try without `src`
 * @throws ElementError naming the first invalid attribute
 */
export function parseOptions(get: GetAttribute, defaultServers: readonly string[]): Options {
  const texts = parseTexts(get)
  return {
    servers: parseServers(get('src'), defaultServers),
    model: parseModel(get('model') ?? DEFAULT_MODEL),
    endpoints: texts.length > 0 ? [] : parseEndpoints(get),
    texts,
    hand: checkValue('hand', get('hand') ?? DEFAULT_HAND, parseStyle),
    steps: parseNumber('steps', get),
    path: parseChoice('path', get),
    engine: parseChoice('engine', get),
    autoplay: parseFlag(get('autoplay')),
    loop: parseFlag(get('loop')),
    controls: parseFlag(get('controls')),
    scale: parseNumber('scale', get),
    duration: parseNumber('duration', get) * Math.max(1, texts.length - 1),
    theme: parseChoice('theme', get),
    label: get('label') ?? undefined,
  }
}

/** The largest number of texts. */
const MOST_TEXTS = 64
/** The model that the server calls its default. */
export const DEFAULT_MODEL = 'default'
/** The handwriting of a text without the attribute `hand`. */
export const DEFAULT_HAND = 'seed:7'

const quote = (text: string | null) => (text === null ? 'nothing' : JSON.stringify(text.slice(0, 80)))

function parseServers(src: string | null, defaultServers: readonly string[]): readonly string[] {
  if (!src && defaultServers.length > 0) return defaultServers
  const url = URL.canParse(src ?? '', document.baseURI) ? new URL(src ?? '', document.baseURI) : undefined
  if (src && url?.protocol.startsWith('http'))
    return [`${url.origin}${url.pathname.endsWith('/') ? url.pathname : `${url.pathname}/`}`]
  throw elementError('src', 'the address of a server, as in https://example.org', quote(src))
}

function parseModel(model: string | null): string {
  if (model && /^[a-z0-9]+(-[a-z0-9.]+)*(@[0-9a-f]{12})?$/.test(model)) return model
  throw elementError('model', 'the id of a model, as in mnist-vae-l2-z2', quote(model))
}

function parseEndpoints(get: GetAttribute): string[] {
  const corners = get('corners')
  if (corners === null) return ['from', 'to'].map(name => checkValue(name, get(name), parseEndpoint))
  refuseBeside('corners', ['from', 'to'], get)
  const endpoints = corners.split(';').map(text => checkValue('corners', text.trim(), parseEndpoint))
  if (endpoints.length === 4) return endpoints
  throw elementError('corners', 'four points with semicolons between them', String(endpoints.length))
}

/** The model's card decides later which characters can be written. */
function parseTexts(get: GetAttribute): string[] {
  const text = get('text')
  if (text === null) return []
  refuseBeside('text', ['from', 'to', 'corners'], get)
  const texts = text.split(';').map(text => text.trim())
  if (texts.length <= MOST_TEXTS && texts.every(text => text !== '')) return texts
  throw elementError('text', `1 to ${MOST_TEXTS} texts with semicolons between them`, quote(text))
}

function refuseBeside(attribute: string, others: readonly string[], get: GetAttribute): void {
  for (const name of others) {
    if (get(name) !== null) throw elementError(name, `no value together with ${attribute}`, quote(get(name)))
  }
}

/** Returns an attribute's text if `parse` accepts it. */
function checkValue(
  attribute: string,
  text: string | null,
  parse: (text: string, field: string) => unknown,
): string {
  try {
    parse(text ?? '', attribute)
    return text as string
  } catch (error) {
    throw isValueError(error) ? elementError(attribute, error.expected, quote(text)) : error
  }
}

function parseNumber(name: keyof typeof NUMBERS, get: GetAttribute): number {
  const [minimum, maximum, initial] = NUMBERS[name]
  const text = get(name)
  if (text === null) return initial
  const value = /^\s*\d{1,6}\s*$/.test(text) ? Number(text) : Number.NaN
  if (value >= minimum && value <= maximum) return value
  throw elementError(name, `an integer from ${minimum} to ${maximum}`, quote(text))
}

function parseChoice<N extends keyof typeof CHOICES>(
  name: N,
  get: GetAttribute,
): (typeof CHOICES)[N][number] {
  const choices: readonly string[] = CHOICES[name]
  const text = get(name) ?? choices[0]
  if (choices.includes(text)) return text as (typeof CHOICES)[N][number]
  throw elementError(name, `one of ${choices.join(', ')}`, quote(text))
}

/**
 * Parses a boolean attribute. As in HTML it is true if present, but `"false"` is false, because frameworks write that.
 */
export function parseFlag(text: string | null): boolean {
  return text !== null && text !== 'false'
}
