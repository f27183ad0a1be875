import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { Card } from '../../models/card.ts'
import { parseId } from '../../models/ids.ts'
import { configure } from '../fit/choices.ts'
import { defaultChoices } from '../fit/run-options.ts'
import { configurationOf } from './card-configuration.ts'

const shipped = Card.parse(JSON.parse(readFileSync('models/zoo/mnist-vae-l1-z2/card.json', 'utf8')))

test('configurationOf gives the configuration that the options of the training made', () => {
  const id = 'mnist-cvae-w50x30-z4-beta0.5-binary'
  const choices = { ...defaultChoices(), data: 'mnist', epochs: 7, batch: 50, warmup: 1 }
  const data = { height: 28, width: 28, classes: [...'0123456789'] }
  const configuration = configure(parseId(id), { ...choices, augment: [1, 5] }, data)
  const { optimization, objective, prior, architecture } = configuration
  const { epochs, ...recipe } = optimization
  const card: Card = {
    ...shipped,
    id,
    architecture,
    objective,
    prior,
    training: {
      ...shipped.training,
      epochs,
      augmentation: { shift: 1, rotation: 5 },
      pixels: 'binarized',
      recipe: { ...recipe, interrupted: false, date: '2026-01-01T00:00:00Z' },
    },
  }
  expect(configurationOf(card)).toEqual(configuration)
})

test('a card without a recipe is refused', () => {
  const { recipe: _, ...training } = shipped.training
  expect(() => configurationOf({ ...shipped, training })).toThrow('expected a card with training.recipe')
})

test('a card of a model of the first 10,000 images names so many', () => {
  const identity = {
    sha256: '0'.repeat(64),
    train: { images: 10_000, sha256: '1'.repeat(64) },
    test: { images: 10_000, sha256: '2'.repeat(64) },
  }
  const recipe = {
    batch: 100,
    learningRate: 0.004,
    schedule: 'cosine',
    warmup: 0,
    betaWarmup: 0,
    patience: 0,
    keep: 'last' as const,
    interrupted: false,
    date: '2026-01-01T00:00:00Z',
  }
  const training = { ...shipped.training, recipe }
  expect(
    configurationOf({ ...shipped, dataset: { ...shipped.dataset, identity }, training }).data.images,
  ).toBe(10_000)
})
