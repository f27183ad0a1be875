import { formatId } from '../../models/ids.ts'
import { standardPrior } from '../../models/prior.ts'
import type { Configuration } from '../../train/step/configuration.ts'

/** What a visitor chooses before training. A link holds it whole. */
export interface Recipe {
  data: 'mnist' | 'fashion-mnist' | 'own'
  /** Training images at most, the held-out fold included. */
  images: number
  kind: 'ae' | 'vae'
  /** Encoder and decoder are told the image's class. Only for images with classes. */
  conditional: boolean
  /** Dense layers each way; their widths follow Eq. 1 of the paper unless `widths` says otherwise. */
  layers: number
  /** Units of the hidden layers in the encoder's order; empty for Eq. 1. */
  widths: readonly number[]
  latent: number
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
  /** Its name in a link. */
  key: string
  initial: T
  /** The value that a text stands for; undefined if it stands for none. */
  parse(text: string): T | undefined
}

function range(key: string, initial: number, min: number, max: number, integer = true): Field<number> {
  return {
    key,
    initial,
    parse(text) {
      const value = text.trim() === '' ? Number.NaN : Number(text)
      return value >= min && value <= max && (!integer || Number.isInteger(value)) ? value : undefined
    },
  }
}

function option<const T extends string>(key: string, options: readonly T[], initial: NoInfer<T>): Field<T> {
  return { key, initial, parse: text => options.find(each => each === text) }
}

/** The limits of what can be chosen. The defaults are the two-layer VAE of the paper on 10,000 images. */
export const FIELDS: { [K in keyof Recipe]: Field<Recipe[K]> } = {
  data: option('data', ['mnist', 'fashion-mnist', 'own'], 'mnist'),
  images: range('n', 10_000, 20, 60_000),
  kind: option('kind', ['ae', 'vae'], 'vae'),
  conditional: { key: 'conditional', initial: false, parse: text => ({ true: true, false: false })[text] },
  layers: range('layers', 2, 1, 8),
  widths: {
    key: 'widths',
    initial: [],
    parse(text) {
      if (text === '') return []
      const widths = text.split('x').map(Number)
      const valid = widths.length <= 7 && widths.every(w => Number.isInteger(w) && w >= 1 && w <= 1024)
      return valid ? widths : undefined
    },
  },
  latent: range('z', 2, 1, 64),
  loss: option('loss', ['bce', 'mse', 'l1'], 'bce'),
  beta: range('beta', 1, 0, 100, false),
  betaWarmup: range('warmup', 0, 0, 1000),
  learningRate: range('rate', 0.004, 1e-6, 1, false),
  batch: range('batch', 100, 1, 1000),
  epochs: range('epochs', 10, 1, 1000),
  seed: range('seed', 1, 0, 0xffffffff),
}

const NAMES = Object.keys(FIELDS) as (keyof Recipe)[]

/** The recipe of the page at first. */
export const DEFAULT_RECIPE = Object.fromEntries(
  NAMES.map(name => [name, FIELDS[name].initial]),
) as unknown as Recipe

/** Reads a recipe such as `layers:4;beta:10`. What is absent or cannot be read has its default. */
export function parseRecipe(text: string): Recipe {
  const given = new Map(text.split(';').map(part => part.split(':', 2) as [string, string]))
  const entries = NAMES.map(name => {
    const { key, initial, parse } = FIELDS[name] as Field<unknown>
    const value = given.get(key)
    return [name, value === undefined ? initial : (parse(value) ?? initial)]
  })
  return constrain(Object.fromEntries(entries) as Recipe)
}

/** Writes what of a recipe is not the default; '' if all is. */
export function formatRecipe(recipe: Recipe): string {
  return NAMES.flatMap(name => {
    const value = recipe[name]
    const text = typeof value === 'object' ? value.join('x') : String(value)
    const { initial, key } = FIELDS[name]
    const standard = typeof initial === 'object' ? initial.join('x') : String(initial)
    return text === standard ? [] : [`${key}:${text}`]
  }).join(';')
}

/** Makes the parts of a recipe fit each other: own widths give the layers, an AE has no beta. */
export function constrain(recipe: Recipe): Recipe {
  return {
    ...recipe,
    layers: recipe.widths.length > 0 ? recipe.widths.length + 1 : recipe.layers,
    batch: Math.min(recipe.batch, Math.max(1, Math.floor(recipe.images * (1 - 1 / FOLDS)))),
  }
}

/** Folds that the images are divided into; the first is held out to watch the validation loss. */
export const FOLDS = 10

/**
 * What recipe and data determine together: the same that `npm run train` makes of the same choices.
 *
 * @param data its name as in ids, the size of its images, how many are trained on (the held-out fold included), and of
 *   how many classes
 */
export function configurationOf(
  recipe: Recipe,
  data: { name: string; height: number; width: number; images: number; classes: number },
): Configuration {
  const prior = standardPrior(recipe.latent)
  const beta = recipe.kind === 'ae' ? 0 : recipe.beta
  const conditional = recipe.conditional && data.classes > 1
  const identity = {
    data: data.name,
    kind: recipe.kind,
    conditional,
    layers: recipe.layers,
    latentDim: recipe.latent,
    ...(recipe.widths.length > 0 && { widths: [...recipe.widths] }),
    beta,
    reconstruction: recipe.loss,
    prior,
  }
  return {
    id: formatId(identity),
    data: {
      name: data.name,
      split: 'shuffled',
      splitSeed: 0,
      folds: Math.min(FOLDS, data.images),
      fold: 0,
      foldSeed: 0,
    },
    architecture: {
      kind: recipe.kind,
      inputDim: data.height * data.width,
      latentDim: recipe.latent,
      layers: recipe.layers,
      ...(recipe.widths.length > 0 && { widths: [...recipe.widths] }),
      ...(conditional && { classes: data.classes }),
      output: 'sigmoid',
    },
    objective: { reconstruction: recipe.loss, beta, samples: 1, kl: 'analytic' },
    prior,
    optimization: {
      epochs: recipe.epochs,
      batch: recipe.batch,
      learningRate: recipe.learningRate,
      schedule: 'cosine',
      warmup: 0,
      betaWarmup: recipe.kind === 'ae' ? 0 : recipe.betaWarmup,
      patience: 0,
      keep: 'last',
    },
    seed: recipe.seed,
    engine: 'onnx',
    device: 'cpu',
    threads: 1,
  }
}

/** A recipe with a name, and what there is to see. */
export interface Preset {
  name: string
  words: string
  recipe: Recipe
}

const preset = (name: string, words: string, changes: Partial<Recipe>): Preset => ({
  name,
  words,
  recipe: { ...DEFAULT_RECIPE, ...changes },
})

/** Recipes offered by name. */
export const PRESETS: readonly Preset[] = [
  preset('Fast', 'One hidden layer of 128 units: the classes part within seconds.', {
    widths: [128],
    layers: 2,
    images: 5000,
    epochs: 10,
  }),
  preset('The paper’s', 'The paper’s two-layer VAE: 784, 393 and 2 units each way.', {}),
  preset('Autoencoder', 'The same network without a prior: nothing keeps the latents together.', {
    kind: 'ae',
  }),
  preset(
    'Collapse it',
    'Six layers and β = 8 from the first step: the KL term wins, and the encoder gives every image the same posterior. Cure it with a warm-up of β.',
    { layers: 6, beta: 8, images: 5000 },
  ),
  preset(
    'Told the class',
    'A conditional VAE: told which digit it is, the latent keeps what is left, the handwriting.',
    {
      conditional: true,
      latent: 4,
    },
  ),
  preset('Eight numbers', 'Eight latent numbers: sharper images. The plane shows two of their dimensions.', {
    latent: 8,
  }),
]
