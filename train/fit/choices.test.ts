import { Command } from 'commander'
import { expect, test } from 'vitest'
import { parameterCount } from '../../models/architecture.ts'
import { parseId } from '../../models/ids.ts'
import { known } from '../data/known/known-datasets.ts'
import { chooseRun, configure } from './choices.ts'
import { type Choices, defaultChoices, withChoices } from './run-options.ts'

/** Arguments parsed as the command line parses them. */
function typed(...args: string[]): Choices {
  const command = withChoices(new Command('train')).argument('[id]').exitOverride()
  return command
    .configureOutput({ writeErr: () => {} })
    .parse(args, { from: 'user' })
    .opts<Choices>()
}

const mnist = { height: 28, width: 28 }
const choose = (id: string, ...args: string[]) => {
  const choices = typed(...args)
  const named = parseId(id)
  return configure(named, { ...choices, data: choices.data ?? named.data }, mnist)
}

test('an id without options is trained with the defaults', () => {
  expect(choose('mnist-vae-l2-z2')).toEqual({
    id: 'mnist-vae-l2-z2',
    data: { name: 'mnist', split: 'shuffled', splitSeed: 0, folds: 10, fold: 0, foldSeed: 0 },
    architecture: { kind: 'vae', inputDim: 784, latentDim: 2, layers: 2, output: 'sigmoid' },
    objective: { reconstruction: 'bce', beta: 1, samples: 1, kl: 'analytic' },
    prior: { mean: [0, 0], variance: [1, 1] },
    optimization: {
      epochs: 40,
      batch: 100,
      learningRate: 0.004,
      schedule: 'cosine',
      warmup: 0,
      betaWarmup: 0,
      patience: 0,
      keep: 'last',
    },
    seed: 1,
    engine: 'onnx',
    device: 'cpu',
    threads: 1,
  })
  expect(defaultChoices()).toEqual(typed())
})

test('options override the id, and the id of the run follows the options', () => {
  const configuration = choose(
    'mnist-vae-l2-z2-mean5x10',
    ...['--layers', '3', '--beta', '4', '--loss', 'l1', '--prior-variance', '2,0.5'],
    ...['--samples', '3', '--kl', 'monteCarlo', '--folds', '5', '--fold', '4', '--keep', 'best'],
  )
  expect(configuration.id).toBe('mnist-vae-l3-z2-beta4-mean5x10-var2x0.5-l1')
  expect(configuration.architecture.layers).toBe(3)
  expect(configuration.objective).toEqual({ reconstruction: 'l1', beta: 4, samples: 3, kl: 'monteCarlo' })
  expect(configuration.prior).toEqual({ mean: [5, 10], variance: [2, 0.5] })
  expect(configuration.data).toMatchObject({ folds: 5, fold: 4 })
  expect(configuration.optimization.keep).toBe('best')
})

test("another latent size drops the id's prior, which has other dimensions", () => {
  expect(choose('mnist-vae-l2-z2-mean5x10', '--latent', '3').prior).toEqual({
    mean: [0, 0, 0],
    variance: [1, 1, 1],
  })
})

test('an AE has no beta and no prior of its own', () => {
  const { id, objective, prior } = choose('mnist-vae-l1-z2-beta3', '--kind', 'ae', '--prior-mean', '1,2')
  expect([id, objective.beta, prior.mean]).toEqual(['mnist-ae-l1-z2', 0, [0, 0]])
})

test('FreyFace has five folds, as in the paper', () => {
  const frey = configure(
    parseId('frey-vae-l1-z2-mse'),
    { ...defaultChoices(), data: 'freyface' },
    { height: 28, width: 20 },
  )
  expect([frey.data.folds, frey.architecture.inputDim, parameterCount(frey.architecture)]).toEqual([
    5, 560, 3924,
  ])
})

test.each<[string[], string]>([
  [['--output', 'relu'], 'architecture.output: expected sigmoid, since bce needs probabilities, got relu'],
  [['--fold', '10'], 'data.fold: expected 0 to 9, got 10'],
  [['--latent', '785'], 'architecture.latentDim: expected at most 784 (pixels of an image)'],
  [['--prior-mean', '1,2,3'], 'prior'],
  [['--layers', '9'], 'architecture.layers'],
  [['--kind', 'ae', '--samples', '2'], 'objective: expected beta 0 and 1 sample for an AE'],
])('chooseRun refuses %j', (args, message) => {
  expect(() => choose('mnist-vae-l2-z2', ...args)).toThrow(message)
})

test.each<[string[], string]>([
  [['--epochs', '0'], 'Expected an integer of at least 1.'],
  [['--epochs', '1.5'], 'Expected an integer of at least 1.'],
  [['--lr', '-1'], 'Expected a number of at least 0.'],
  [['--lr', ''], 'Expected a number of at least 0.'],
  [['--prior-mean', '1,x'], 'Expected numbers with commas between them.'],
  [['--schedule', 'linear'], 'Allowed choices are constant, cosine, one-cycle.'],
])('the command line of train refuses %j', (args, message) => {
  expect(() => typed(...args)).toThrow(message)
})

test('chooseRun without an id or --data is refused', async () => {
  await expect(chooseRun(undefined, typed())).rejects.toThrow('expected a model id')
})

test('chooseRun takes the shape of the images from the data set', async () => {
  const { dataset, configuration } = await chooseRun('mnist-ae-l1-z2', typed())
  const { height, width, trainImages } = known.find(({ name }) => name === 'mnist')!
  expect([dataset.height, dataset.width, dataset.train.count]).toEqual([height, width, trainImages])
  expect(configuration.architecture.inputDim).toBe(784)
})
