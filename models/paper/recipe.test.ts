import { expect, test } from 'vitest'
import {
  type Choice,
  chosenTrial,
  type Divergence,
  nextTrial,
  RECIPE_GROUPS,
  type RecipeGroup,
  searchEpochs,
  Trial,
  trialsOf,
} from './recipe.ts'
import table from './search.json' with { type: 'json' }

const mnist: RecipeGroup = { dataset: 'mnist', kind: 'vae', layers: 2, latentDim: 2 }
const frey: RecipeGroup = { dataset: 'freyface', kind: 'vae', layers: 2, latentDim: 2 }

/** Runs the whole search of a group on a function in place of training. */
function search(group: RecipeGroup, loss: (choice: Choice) => number | null): Trial[] {
  const trials: Trial[] = []
  for (let next = nextTrial(group, trials); next; next = nextTrial(group, trials)) {
    const validation = loss(next)
    const epochs = searchEpochs(group)
    trials.push({ ...group, ...next, epochs, fold: 0, seed: 1, validation, weights: null })
  }
  return trials
}

test('a search ends at the rate of least loss, with both neighbours tried', () => {
  for (const best of [0.0005, 0.002, 0.004, 0.016]) {
    const trials = search(mnist, ({ learningRate }) => Math.abs(Math.log2(learningRate / best)))
    expect(chosenTrial(mnist, trials, [])?.learningRate).toBe(best)
    expect(trials.map(trial => trial.learningRate)).toEqual(expect.arrayContaining([best / 2, 2 * best]))
  }
})

test('a rate that diverged is never chosen', () => {
  const trials = search(mnist, ({ learningRate }) => (learningRate > 0.003 ? null : learningRate))
  expect(trials.some(trial => trial.validation === null)).toBe(true)
  expect(chosenTrial(mnist, trials, [])?.validation).not.toBeNull()
})

test('a rate at which a run of all epochs diverged is withdrawn, with those above it', () => {
  const trials = search(mnist, ({ learningRate }) => Math.abs(Math.log2(learningRate / 0.007)))
  const diverged = (learningRate: number, group = mnist): Divergence => ({
    ...{ ...group, learningRate, betaWarmup: 0, epochs: 30, fold: 3, seed: 1 },
    ...{ model: 'mnist-vae-l2-z2', weights: '', first: 200, last: 1e9 },
  })
  expect(chosenTrial(mnist, trials, [])?.learningRate).toBe(0.008)
  expect(chosenTrial(mnist, trials, [diverged(0.008)])?.learningRate).toBe(0.004)
  expect(chosenTrial(mnist, trials, [diverged(0.008, { ...mnist, layers: 3 })])?.learningRate).toBe(0.008)
  expect(chosenTrial(mnist, trials, [diverged(0.001)])).toBeNull()
})

test('the search of a FreyFace VAE tries a constant beta once, at the best rate', () => {
  const trials = search(
    frey,
    ({ learningRate, betaWarmup }) => Math.abs(Math.log2(learningRate / 0.002)) - betaWarmup,
  )
  expect(trials.filter(trial => trial.betaWarmup === 0).map(trial => trial.learningRate)).toEqual([0.002])
  expect(chosenTrial(frey, trials, [])).toMatchObject({ learningRate: 0.002, betaWarmup: 0.5 })
})

test('an unfinished search chooses nothing, and other groups do not count', () => {
  const trials = search(mnist, ({ learningRate }) => learningRate + 1 / learningRate)
  expect(chosenTrial(mnist, trials.slice(0, -1), [])).toBeNull()
  expect(chosenTrial({ ...mnist, kind: 'ae' }, trials, [])).toBeNull()
  expect(trialsOf({ ...mnist, layers: 3 }, trials)).toEqual([])
})

test('the committed trials are those that the rule asks for, in its order, and no others', () => {
  const trials = Trial.array().parse(table)
  for (const group of RECIPE_GROUPS) {
    const own = trialsOf(group, trials)
    for (const [i, { learningRate, betaWarmup, epochs, fold }] of own.entries()) {
      expect({ learningRate, betaWarmup }).toEqual(nextTrial(group, own.slice(0, i)))
      expect({ epochs, fold }).toEqual({ epochs: searchEpochs(group), fold: 0 })
    }
  }
  expect(RECIPE_GROUPS.flatMap(group => trialsOf(group, trials))).toHaveLength(trials.length)
})
