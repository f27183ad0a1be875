import { FIRST_CORNERS } from '../../models/latent/corners.ts'
import { ENGINE_CHOICES } from '../engines/engine.ts'
import { type Codec, choice, flag, list, number, origin, point, text } from './state-codecs.ts'

/*
 * The page's state, all of which is in its URL's query. A field that is absent or cannot be read has its default, so
 * old and mistyped links still open.
 */

/** The names of the views in a URL. */
export const VIEWS = [
  'explore',
  'sample',
  'styles',
  'interpolate',
  'reconstruct',
  'compare',
  'train',
  'paper',
] as const

/** The name of a view. */
export type View = (typeof VIEWS)[number]

const index = number(0, 0, 1e6, true)
const FIELDS = {
  view: choice(VIEWS, 'explore'),
  /** A model's id; '' for the catalog's first. */
  model: text,
  engine: choice(ENGINE_CHOICES, 'auto'),
  /** The step of the tour, counted from 1; 0 for none. */
  tour: number(0, 0, 5, true),
  /** Whether the view is shown alone, in large type. */
  present: flag(false),
  /** The API's address; '' for the page's own. */
  api: origin,
  /** The point; [] for the default point. */
  z: point,
  /** The latent dimensions across and up, counted from 0, or `principal`; '' for the two dimensions there are, or else the principal directions. */
  axes: text,
  /** The class with which a conditional model decodes. */
  y: number(0, 0, 999, true),
  grid: flag(false),
  /** Classes left out of the plane. */
  hide: list(index, ',', 100),
  seed: number(7, 0, 0xffffffff, true),
  /** Styles: the row whose hand writes, 6 for that of the visitor's own image, and the text. */
  hand: number(0, 0, 6, true),
  text: { ...text, initial: '2026' },
  n: number(16, 1, 100, true),
  /** Distribution that samples are drawn from: 'any', 'prior' or a class's index. */
  from: { ...text, initial: 'any' },
  temperature: number(1, 0, 3),
  /** Bookmarked points. */
  keep: list(point, '_', 24),
  /** Corners of the interpolation, as endpoints. */
  corners: {
    ...list(text, ';', 4),
    initial: FIRST_CORNERS,
    parse: (value: string) => {
      const corners = value.split(';')
      return corners.length === 2 || corners.length === 4 ? corners : undefined
    },
  },
  path: choice(['lerp', 'slerp'], 'lerp'),
  steps: number(12, 2, 32, true),
  /** Position on the path, 0 to 1. */
  t: number(0, 0, 1),
  /** Reconstruct: the models side by side; [] for the first few. */
  among: list(text, ',', 24),
  /** Compare: the other model, and what the two share. */
  other: text,
  by: choice(['point', 'image', 'seed'], 'point'),
  /** Paper: which loss and data set its tables are of. */
  loss: choice(['bce', 'mse', 'l1'], 'bce'),
  data: choice(['mnist', 'fashionMnist', 'freyFace'], 'mnist'),
  /** Paper: whether VAEs are measured at a draw from their posterior or at its mean. */
  latent: choice(['sampled', 'mu'], 'sampled'),
  /** Train: what to train, as `parseRecipe` reads it. */
  recipe: text,
  /** An image: `test:5`, or `ink:` or `grey:` and its pixels. */
  x: { ...text, initial: 'test:0' },
} satisfies Record<string, Codec<never> | Codec<unknown> | object>

/** The page's state: the value of each field. */
export type State = { -readonly [K in keyof typeof FIELDS]: (typeof FIELDS)[K]['initial'] }
type Key = keyof State

const COMMON: readonly Key[] = ['view', 'model', 'engine', 'api', 'tour', 'present']
const KEYS: Record<View, readonly Key[]> = {
  explore: ['z', 'y', 'axes', 'grid', 'hide', 'x'],
  styles: ['seed', 'hand', 'text', 'x'],
  sample: ['seed', 'n', 'from', 'temperature', 'keep'],
  interpolate: ['corners', 'path', 'steps', 't', 'axes'],
  reconstruct: ['x', 'seed', 'among'],
  compare: ['other', 'by', 'z', 'y', 'x', 'seed'],
  train: ['recipe'],
  paper: ['loss', 'data', 'latent'],
}

const codec = (key: Key) => FIELDS[key] as unknown as Codec<State[Key]>

/** Parses a query into a state. Fields that it leaves out come from `base`. */
export function readState(query: string, base: Partial<State> = {}): State {
  const params = new URLSearchParams(query)
  const entries = (Object.keys(FIELDS) as Key[]).map(key => {
    const given = params.get(key)
    const parsed = given === null ? undefined : codec(key).parse(given)
    return [key, parsed ?? base[key] ?? codec(key).initial]
  })
  return Object.fromEntries(entries) as State
}

/** The invalid fields of a query, as `key=value`, which were replaced by their defaults. */
export function unreadable(query: string): string[] {
  const params = new URLSearchParams(query)
  return (Object.keys(FIELDS) as Key[]).flatMap(key => {
    const given = params.get(key)
    return given === null || codec(key).parse(given) !== undefined ? [] : [`${key}=${given}`]
  })
}

/**
 * Formats a state as a query with the fields that its view needs and that differ from the default: "" or starting with
 * "?".
 */
export function writeState(state: State): string {
  const parts = [...COMMON, ...KEYS[state.view]].flatMap(key => {
    const value = codec(key).print(state[key] as never)
    return value === codec(key).print(codec(key).initial) ? [] : [`${key}=${escapeValue(value)}`]
  })
  return parts.length === 0 ? '' : `?${parts.join('&')}`
}

/** Escapes a value but keeps commas and colons, which a query allows, for readability. */
function escapeValue(value: string): string {
  return encodeURIComponent(value).replace(/%2C/g, ',').replace(/%3A/g, ':').replace(/%3B/g, ';')
}
