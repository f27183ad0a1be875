import type { Card } from '../../models/card.ts'
import { known } from '../data/known/known-datasets.ts'
import { Configuration } from '../step/configuration.ts'

/**
 * The configuration that a model was trained with, from its card: training with it again gives the same weights on the
 * same processor.
 *
 * @throws Error when the card lacks a setting
 */
export function configurationOf(card: Card): Configuration {
  const { id, architecture, objective, prior, dataset, training } = card
  const { recipe, seed, engine, device, fold, folds, epochs, augmentation, pixels } = training
  if (!recipe) throw new Error(`${id}: expected a card with training.recipe, which older cards lack`)
  if (recipe.warmStart) throw new Error(`${id}: its training started from the weights of ${recipe.warmStart}`)
  if (recipe.interrupted) throw new Error(`${id}: its training was interrupted`)
  const { batch, learningRate, schedule, warmup, betaWarmup, patience, keep } = recipe
  return Configuration.parse({
    id,
    data: {
      name: dataset.name,
      ...firstImages(dataset),
      split: 'shuffled',
      splitSeed: 0,
      folds,
      fold,
      foldSeed: 0,
      ...(augmentation && { augmentation }),
      ...(pixels === 'binarized' && { binarized: true }),
    },
    architecture,
    objective,
    prior,
    optimization: { epochs, batch, learningRate, schedule, warmup, betaWarmup, patience, keep },
    seed,
    engine,
    device,
    threads: 1,
  })
}

/** The number of training images, if only the first ones of a known data set were used. */
function firstImages({ name, identity }: Card['dataset']): { images?: number } {
  const all = known.find(set => set.name === name)?.trainImages
  const images = identity?.train.images
  return all && images && images < all ? { images } : {}
}
