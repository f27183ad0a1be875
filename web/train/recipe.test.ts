import fc from 'fast-check'
import { expect, test } from 'vitest'
import { parameterCount } from '../../models/architecture.ts'
import { Configuration } from '../../train/step/configuration.ts'
import { configurationOf } from './configuration-of.ts'
import { PRESETS } from './presets.ts'
import { constrain, DEFAULT_RECIPE, formatRecipe, parseRecipe } from './recipe.ts'

const RECIPES = fc
  .record({
    data: fc.constantFrom('mnist' as const, 'fashion-mnist' as const, 'own' as const, 'drawn' as const),
    images: fc.integer({ min: 20, max: 60_000 }),
    kind: fc.constantFrom('ae' as const, 'vae' as const),
    beside: fc.boolean(),
    conditional: fc.boolean(),
    layers: fc.integer({ min: 1, max: 8 }),
    widths: fc.array(fc.integer({ min: 1, max: 1024 }), { maxLength: 7 }),
    latent: fc.integer({ min: 1, max: 64 }),
    priorMean: fc.double({ min: -20, max: 20, noNaN: true }).map(m => m + 0),
    priorVariance: fc.double({ min: 0.01, max: 100, noNaN: true }),
    loss: fc.constantFrom('bce' as const, 'mse' as const, 'l1' as const),
    beta: fc.double({ min: 0, max: 100, noNaN: true }).map(Math.abs),
    betaWarmup: fc.integer({ min: 0, max: 1000 }),
    learningRate: fc.double({ min: 1e-6, max: 1, noNaN: true }),
    batch: fc.integer({ min: 1, max: 1000 }),
    epochs: fc.integer({ min: 1, max: 1000 }),
    seed: fc.integer({ min: 0, max: 0xffffffff }),
  })
  .map(constrain)

test('a recipe survives being written into a link and read again', () => {
  fc.assert(fc.property(RECIPES, recipe => void expect(parseRecipe(formatRecipe(recipe))).toEqual(recipe)))
  expect(formatRecipe(DEFAULT_RECIPE)).toBe('')
})

test('every recipe makes a configuration that training accepts', () => {
  fc.assert(
    fc.property(RECIPES, recipe => {
      const configuration = configurationOf(recipe, {
        name: 'mnist',
        height: 28,
        width: 28,
        images: 10_000,
        classes: 10,
      })
      expect(Configuration.parse(configuration)).toEqual(configuration)
    }),
  )
})

test('a link that cannot be read gives the default in its place', () => {
  expect(parseRecipe('layers:99;beta:x;z:-1;widths:0x5;data:cats;;:')).toEqual(DEFAULT_RECIPE)
  expect(parseRecipe('kind:ae;z:8')).toEqual({ ...DEFAULT_RECIPE, kind: 'ae', latent: 8 })
})

test('the default recipe is the paper’s two-layer VAE', () => {
  const { architecture } = configurationOf(DEFAULT_RECIPE, {
    name: 'mnist',
    height: 28,
    width: 28,
    images: 10_000,
    classes: 10,
  })
  expect(parameterCount(architecture)).toBe(620_156)
})

test('the presets are valid recipes within the limits', () => {
  for (const { recipe } of PRESETS) expect(parseRecipe(formatRecipe(recipe))).toEqual(recipe)
})
