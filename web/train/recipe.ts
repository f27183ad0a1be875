/** How many folds the images are divided into. The first is held out to measure the validation loss. */
export const FOLDS = 10

/** What a visitor chooses before training. A link holds all of it. */
export interface Recipe {
  data: 'mnist' | 'fashion-mnist' | 'own' | 'drawn'
  /** The most training images, with the held-out fold. */
  images: number
  kind: 'ae' | 'vae'
  /** Whether an AE is trained beside the VAE, with the same seed and batches. */
  beside: boolean
  /** Whether encoder and decoder are given the image's class. Only for images with classes. */
  conditional: boolean
  /**
   * Dense layers of the encoder, and of the decoder; their widths follow Eq. 1 of the paper unless `widths` is given.
   */
  layers: number
  /** Units of the hidden layers in the encoder's order; empty for Eq. 1. */
  widths: readonly number[]
  latent: number
  /** Mean and variance of the prior, the same in each latent dimension. Only for a VAE. */
  priorMean: number
  priorVariance: number
  loss: 'bce' | 'mse' | 'l1'
  beta: number
  /** Epochs over which beta rises from 0. */
  betaWarmup: number
  learningRate: number
  batch: number
  epochs: number
  seed: number
}

interface Field<T> {
  /** The field's name in a link. */
  key: string
  initial: T
  /** Parses a value; undefined if the text is invalid. */
  parse(text: string): T | undefined
}

/** A field that is typed, so that it may be invalid. */
interface TypedField<T> extends Field<T> {
  /** What it takes, in words. */
  expected: string
}

function range(key: string, initial: number, min: number, max: number, integer = true): TypedField<number> {
  return {
    key,
    initial,
    expected: `${integer ? 'a whole number' : 'a number'} from ${min} to ${max}`,
    parse(text) {
      const value = text.trim() === '' ? Number.NaN : Number(text)
      return value >= min && value <= max && (!integer || Number.isInteger(value)) ? value : undefined
    },
  }
}

function flag(key: string): Field<boolean> {
  return { key, initial: false, parse: text => ({ true: true, false: false })[text] }
}

function option<const T extends string>(key: string, options: readonly T[], initial: NoInfer<T>): Field<T> {
  return { key, initial, parse: text => options.find(each => each === text) }
}

/** The fields of a recipe with their limits. The defaults are the paper's two-layer VAE on 10,000 images. */
export const FIELDS: {
  [K in keyof Recipe]: Recipe[K] extends number | readonly number[] ? TypedField<Recipe[K]> : Field<Recipe[K]>
} = {
  data: option('data', ['mnist', 'fashion-mnist', 'own', 'drawn'], 'mnist'),
  images: range('n', 10_000, 20, 60_000),
  kind: option('kind', ['ae', 'vae'], 'vae'),
  beside: flag('beside'),
  conditional: flag('conditional'),
  layers: range('layers', 2, 1, 8),
  widths: {
    key: 'widths',
    initial: [],
    expected: 'at most 7 whole numbers from 1 to 1024, such as “512, 256”',
    parse(text) {
      if (text === '') return []
      const widths = text.split('x').map(Number)
      const valid = widths.length <= 7 && widths.every(w => Number.isInteger(w) && w >= 1 && w <= 1024)
      return valid ? widths : undefined
    },
  },
  latent: range('z', 2, 1, 64),
  priorMean: range('mean', 0, -20, 20, false),
  priorVariance: range('variance', 1, 0.01, 100, false),
  loss: option('loss', ['bce', 'mse', 'l1'], 'bce'),
  beta: range('beta', 1, 0, 100, false),
  betaWarmup: range('warmup', 0, 0, 1000),
  learningRate: range('rate', 0.004, 1e-6, 1, false),
  batch: range('batch', 100, 1, 1000),
  epochs: range('epochs', 10, 1, 1000),
  seed: range('seed', 1, 0, 0xffffffff),
}

const NAMES = Object.keys(FIELDS) as (keyof Recipe)[]

/** The recipe that the page starts with. */
export const DEFAULT_RECIPE = Object.fromEntries(
  NAMES.map(name => [name, FIELDS[name].initial]),
) as unknown as Recipe

/** Parses a recipe such as `layers:4;beta:10`. A field that is absent or invalid has its default. */
export function parseRecipe(text: string): Recipe {
  const given = new Map(text.split(';').map(part => part.split(':', 2) as [string, string]))
  const entries = NAMES.map(name => {
    const { key, initial, parse } = FIELDS[name] as Field<unknown>
    const value = given.get(key)
    return [name, value === undefined ? initial : (parse(value) ?? initial)]
  })
  return constrain(Object.fromEntries(entries) as Recipe)
}

/** Formats the fields of a recipe that differ from their defaults; '' if none does. */
export function formatRecipe(recipe: Recipe): string {
  return NAMES.flatMap(name => {
    const value = recipe[name]
    const text = typeof value === 'object' ? value.join('x') : String(value)
    const { initial, key } = FIELDS[name]
    const standard = typeof initial === 'object' ? initial.join('x') : String(initial)
    return text === standard ? [] : [`${key}:${text}`]
  }).join(';')
}

/**
 * Makes a recipe's fields consistent: given widths determine the number of layers, and an AE is trained only beside a
 * VAE.
 */
export function constrain(recipe: Recipe): Recipe {
  return {
    ...recipe,
    beside: recipe.beside && recipe.kind === 'vae',
    layers: recipe.widths.length > 0 ? recipe.widths.length + 1 : recipe.layers,
    batch: Math.min(recipe.batch, Math.max(1, Math.floor(recipe.images * (1 - 1 / FOLDS)))),
  }
}

/** The recipes to train side by side: one, or an AE and a VAE that differ in nothing else. */
export function recipesOf(recipe: Recipe): Recipe[] {
  const one = { ...recipe, beside: false }
  return recipe.beside ? [{ ...one, kind: 'ae' }, one] : [one]
}
