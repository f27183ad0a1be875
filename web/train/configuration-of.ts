import { formatId } from '../../models/ids.ts'
import { standardPrior } from '../../models/latent/prior.ts'
import type { Configuration } from '../../train/step/configuration.ts'
import { OWN_DATA } from './data/training-data.ts'
import type { TrainerEngine } from './messages.ts'

import { FOLDS, type Recipe } from './recipe.ts'

/** How many training images MNIST and Fashion-MNIST each have. */
const KNOWN_IMAGES = 60_000

/**
 * The configuration of a recipe on a data set: the same that `npm run train` makes of the same choices.
 *
 * @param data the data set's name in ids, the size of its images, and how many images (the held-out fold included) and
 *   classes are trained on
 */
export function configurationOf(
  recipe: Recipe,
  data: { name: string; height: number; width: number; images: number; classes: number },
  engine: TrainerEngine = 'wasm',
): Configuration {
  const prior =
    recipe.kind === 'ae'
      ? standardPrior(recipe.latent)
      : {
          mean: Array<number>(recipe.latent).fill(recipe.priorMean),
          variance: Array<number>(recipe.latent).fill(recipe.priorVariance),
        }
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
      ...dataSourceOf(data),
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
    device: engine === 'wasm' ? 'cpu' : 'webgpu',
    threads: 1,
  }
}

/** The data set as `npm run export` finds it: a known set, a part of one, or the file in the run directory. */
function dataSourceOf({
  name,
  images,
}: {
  name: string
  images: number
}): Pick<Configuration['data'], 'name' | 'import' | 'images'> {
  if (name === OWN_DATA.name) return { name: `npz:${OWN_DATA.file}`, import: { name, fit: 'cover' } }
  return { name, ...(images < KNOWN_IMAGES && { images }) }
}
