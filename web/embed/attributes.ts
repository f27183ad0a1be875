import { isValueError, type Path, parseEndpoint } from '../../models/latent.ts'
import { refuse } from './refusal.ts'

/** What an element was asked to show: its attributes, read and checked. */
export interface Options {
  /** Where the API answers, with a slash at its end. */
  api: string
  /** `id` or `id@version`. */
  model: string
  /** Endpoints: two of a path, or four of a square from its top left clockwise. */
  stops: readonly string[]
  /** Images on the way, or a side of the square, ends included: what a key moves by, and what the edge decodes. */
  steps: number
  path: Path
  engine: 'auto' | 'edge' | 'local'
  autoplay: boolean
  loop: boolean
  controls: boolean
  /** CSS pixels for one pixel of an image. */
  scale: number
  /** Milliseconds from one stop to the next while it plays. */
  duration: number
  theme: 'auto' | 'light' | 'dark'
  /** What it is called to those who do not see it; made from the stops where undefined. */
  label: string | undefined
}

/** Numbers, by attribute: the least, the most, and the one without the attribute. */
export const NUMBERS = {
  steps: [2, 128, 17],
  scale: [1, 16, 8],
  duration: [100, 60_000, 2500],
} as const
/** Words, by attribute, the first being the one without the attribute. */
export const WORDS = {
  path: ['lerp', 'slerp'],
  engine: ['auto', 'edge', 'local'],
  theme: ['auto', 'light', 'dark'],
} as const
export const FLAGS = ['autoplay', 'loop', 'controls'] as const
export const TEXTS = ['src', 'model', 'from', 'to', 'corners', 'label'] as const
export const ATTRIBUTES = [...TEXTS, ...Object.keys(NUMBERS), ...Object.keys(WORDS), ...FLAGS]

type Read = (attribute: string) => string | null

/**
 * Reads an element's attributes.
 *
 * @param home where the script came from, which `src` defaults to
 * @throws Refused naming the first attribute that is not as expected
 */
export function readOptions(read: Read, home: string): Options {
  return {
    api: readApi(read('src'), home),
    model: readModel(read('model')),
    stops: readStops(read),
    steps: readNumber('steps', read),
    path: readWord('path', read),
    engine: readWord('engine', read),
    autoplay: readFlag('autoplay', read),
    loop: readFlag('loop', read),
    controls: readFlag('controls', read),
    scale: readNumber('scale', read),
    duration: readNumber('duration', read),
    theme: readWord('theme', read),
    label: read('label') ?? undefined,
  }
}

const quote = (text: string | null) => (text === null ? 'nothing' : JSON.stringify(text.slice(0, 80)))

function readApi(src: string | null, home: string): string {
  const url = URL.canParse(src || home, document.baseURI) ? new URL(src || home, document.baseURI) : undefined
  if (!url?.protocol.startsWith('http')) {
    throw refuse('src', 'the address of a server, as in https://example.org', quote(src ?? home))
  }
  return `${url.origin}${url.pathname.replace(/\/*$/, '/')}`
}

function readModel(model: string | null): string {
  if (model && /^[a-z0-9]+([-.][a-z0-9.]+)*(@[0-9a-f]{12})?$/.test(model)) return model
  throw refuse('model', 'the id of a model, as in mnist-vae-l2-z2', quote(model))
}

function readStops(read: Read): string[] {
  const corners = read('corners')
  if (corners === null) return ['from', 'to'].map(name => readStop(name, read(name)))
  for (const name of ['from', 'to']) {
    if (read(name) !== null) throw refuse(name, 'nothing beside corners', quote(read(name)))
  }
  const stops = corners.split(';').map(text => readStop('corners', text.trim()))
  if (stops.length === 4) return stops
  throw refuse('corners', 'four points with semicolons between them', String(stops.length))
}

function readStop(attribute: string, text: string | null): string {
  try {
    parseEndpoint(text ?? '', attribute)
    return text as string
  } catch (error) {
    throw isValueError(error) ? refuse(attribute, error.expected, quote(text)) : error
  }
}

function readNumber(name: keyof typeof NUMBERS, read: Read): number {
  const [least, most, initial] = NUMBERS[name]
  const text = read(name)
  if (text === null) return initial
  const value = /^\s*\d{1,6}\s*$/.test(text) ? Number(text) : Number.NaN
  if (value >= least && value <= most) return value
  throw refuse(name, `an integer from ${least} to ${most}`, quote(text))
}

function readWord<N extends keyof typeof WORDS>(name: N, read: Read): (typeof WORDS)[N][number] {
  const words: readonly string[] = WORDS[name]
  const text = read(name) ?? words[0]
  if (words.includes(text)) return text as (typeof WORDS)[N][number]
  throw refuse(name, `one of ${words.join(', ')}`, quote(text))
}

/** Present is true, as in HTML; "false", which HTML would take for true as well, is what its writer meant. */
export function readFlag(name: string, read: Read): boolean {
  const text = read(name)
  return text !== null && text !== 'false'
}
