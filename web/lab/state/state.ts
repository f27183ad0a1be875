import { FIRST_CORNERS } from '../../../models/latent/corners.ts'
import { ENGINE_CHOICES } from '../../engines/engine.ts'
import { type Codec, choice, flag, list, number, origin, point, text } from './state-codecs.ts'

/*
 * The page's state, which its URL's query holds completely. A field that is absent or invalid has its default, so old
 * and mistyped links still open.
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
  /** A model's id; '' for the catalog's default model. */
  model: text,
  engine: choice(ENGINE_CHOICES, 'auto'),
  /** The tour's step, counted from 1; 0 outside the tour. */
  tour: number(0, 0, 5, true),
  /** Whether the view is shown alone, in large type. */
  present: flag(false),
  /** The API's address; '' for the page's own. */
  api: origin,
  /** The point; [] for the default point. */
  z: point,
  /**
   * The dimensions that the plane shows across and up, counted from 0, as in `0,1`; or `principal` for the principal
   * directions. '' chooses: the dimensions if there are at most two, else the principal directions.
   */
  axes: text,
  /** The class with which a conditional model decodes. */
  y: number(0, 0, 999, true),
  grid: flag(false),
  /** Indices of the classes that the plane does not show. */
  hide: list(index, ',', 100),
  seed: number(7, 0, 0xffffffff, true),
  /** Styles: the row whose handwriting is used (6: that of the visitor's own image), and the text. */
  hand: number(0, 0, 6, true),
  text: { ...text, initial: '2026' },
  n: number(16, 1, 100, true),
  /** Distribution that samples are drawn from: 'any', 'prior' or a class's index. */
  from: { ...text, initial: 'any' },
  temperature: number(1, 0, 3),
  /** The points of the images that the visitor keeps. */
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
  /** Position on the interpolation's path, 0 to 1. */
  t: number(0, 0, 1),
  /** Reconstruct: ids of the models side by side; [] for the first few. */
  among: list(text, ',', 24),
  /** Compare: the other model, and what both models decode: the same point, test image or seed. */
  other: text,
  by: choice(['point', 'image', 'seed'], 'point'),
  /** Paper: the loss and the data set of the tables. */
  loss: choice(['bce', 'mse', 'l1'], 'bce'),
  data: choice(['mnist', 'fashionMnist', 'freyFace'], 'mnist'),
  /** Paper: whether a VAE's figures are measured at a draw from its posterior or at the posterior's mean. */
  latent: choice(['sampled', 'mu'], 'sampled'),
  /** Train: the recipe, in the form that `parseRecipe` reads. */
  recipe: text,
  /** An image: a test image as `test:5`, or pixels as `ink:…` or `grey:…`. */
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
 * Formats a state as a query: '' or a text that starts with '?'. It has the fields that the state's view uses and that
 * differ from their defaults.
 */
export function writeState(state: State): string {
  const parts = [...COMMON, ...KEYS[state.view]].flatMap(key => {
    const value = codec(key).print(state[key] as never)
    return value === codec(key).print(codec(key).initial) ? [] : [`${key}=${escapeValue(value)}`]
  })
  return parts.length === 0 ? '' : `?${parts.join('&')}`
}

/**
 * Percent-encodes a value except its commas, colons and semicolons, which a query allows and which are easier to read.
 */
function escapeValue(value: string): string {
  return encodeURIComponent(value).replace(/%2C/g, ',').replace(/%3A/g, ':').replace(/%3B/g, ';')
}
