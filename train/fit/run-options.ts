import { Command } from 'commander'
import { choice, dataDirOption, integer, number, numbers } from '../../export/command/options.ts'
import { type ImportFlags, withImportOptions } from '../data/import-flags.ts'
import { DATA_FORMS } from '../data/load-dataset.ts'

/** The command-line options that determine a run, beside its id. */
export interface Choices extends ImportFlags {
  data?: string
  dataDir?: string
  images?: number
  split: 'shuffled' | 'contiguous'
  splitSeed: number
  kind?: 'ae' | 'vae'
  layers?: number
  widths?: number[]
  conditional?: boolean
  latent?: number
  output: 'sigmoid' | 'relu' | 'identity'
  loss?: 'bce' | 'mse' | 'l1'
  beta?: number
  priorMean?: number[]
  priorVariance?: number[]
  objective?: 'elbo' | 'iwae'
  samples?: number
  binarize?: boolean
  /** Shift in pixels and rotation in degrees. */
  augment?: [number, number]
  kl: 'analytic' | 'monteCarlo'
  epochs: number
  batch: number
  lr: number
  schedule: 'constant' | 'cosine' | 'one-cycle'
  warmup: number
  betaWarmup: number
  patience: number
  keep: 'last' | 'best'
  folds?: number
  fold: number
  foldSeed: number
  seed: number
  engine: 'onnx' | 'tfjs'
  device?: 'cpu' | 'webgpu' | 'cuda'
  threads: number
  warmStart?: string
}

const whole = integer({ min: 0 })
const count = integer({ min: 1 })

/** Adds the options that choose a run's configuration. */
export function withChoices(command: Command): Command {
  const parts = [withImportOptions, withData, withModel, withObjective, withTraining]
  return parts.reduce((extended, add) => add(extended), command).optionsGroup('Run:')
}

function withData(command: Command): Command {
  return command
    .optionsGroup('Data:')
    .option('--data <name>', DATA_FORMS)
    .addOption(dataDirOption())
    .option('--images <n>', 'use only the first n training images', integer({ min: 2 }))
    .addOption(
      choice(
        '--split <how>',
        ['shuffled', 'contiguous'],
        'how images without a published split are divided',
        'shuffled',
      ),
    )
    .option('--split-seed <n>', 'seed of a shuffled split', whole, 0)
    .option('--folds <k>', 'folds of the cross-validation (default: 10; FreyFace 5)', integer({ min: 2 }))
    .option('--fold <i>', 'the fold held out for validation', whole, 0)
    .option('--fold-seed <n>', 'seed of the folds', whole, 0)
    .option(
      '--augment <shift,degrees>',
      'shift and rotate training images at random, new in each epoch, by up to this many pixels and degrees: 1,8',
      numbers,
    )
    .option('--binarize', 'draw each pixel as 0 or 1 with its intensity as probability, new in each epoch')
}

function withModel(command: Command): Command {
  return command
    .optionsGroup('Model (each overrides the id):')
    .addOption(choice('--kind <kind>', ['ae', 'vae'], 'autoencoder or variational autoencoder'))
    .option('--layers <n>', 'dense layers each way, 1 to 8', count)
    .option('--widths <list>', 'units of the hidden layers, in place of --layers and Eq. 1: 512,256', numbers)
    .option('--conditional', "give encoder and decoder the image's class beside x and z")
    .option('--latent <n>', 'latent size', count)
    .addOption(
      choice('--output <f>', ['sigmoid', 'relu', 'identity'], "the decoder's last activation", 'sigmoid'),
    )
}

function withObjective(command: Command): Command {
  return command
    .optionsGroup('Objective:')
    .addOption(choice('--loss <name>', ['bce', 'mse', 'l1'], 'reconstruction term, summed over pixels'))
    .option('--beta <b>', 'weight of the KL term', number({ min: 0 }))
    .option(
      '--prior-mean <list>',
      "the Gaussian prior's mean, one number per latent dimension: 5,10",
      numbers,
    )
    .option('--prior-variance <list>', "the Gaussian prior's variance: 1,3", numbers)
    .addOption(
      choice(
        '--objective <name>',
        ['elbo', 'iwae'],
        'the ELBO, or the importance-weighted bound over the samples',
      ),
    )
    .option('--samples <L>', 'Monte Carlo samples per image (default: 1)', count)
    .addOption(
      choice('--kl <how>', ['analytic', 'monteCarlo'], 'KL in closed form or from the samples', 'analytic'),
    )
    .option(
      '--beta-warmup <epochs>',
      'raise beta linearly from 0 over this many epochs',
      number({ min: 0 }),
      0,
    )
}

function withTraining(command: Command): Command {
  return command
    .optionsGroup('Training:')
    .option('--epochs <n>', 'passes over the training images', count, 40)
    .option('--batch <n>', 'images per step', count, 100)
    .option('--lr <rate>', "Adam's peak learning rate", number({ min: 0 }), 0.004)
    .addOption(
      choice('--schedule <name>', ['constant', 'cosine', 'one-cycle'], 'of the learning rate', 'cosine'),
    )
    .option(
      '--warmup <epochs>',
      'raise the learning rate linearly over this many epochs',
      number({ min: 0 }),
      0,
    )
    .option(
      '--patience <epochs>',
      'stop after this many epochs without a better validation loss; 0: never',
      whole,
      0,
    )
    .addOption(
      choice('--keep <which>', ['last', 'best'], 'the epoch whose weights are kept: last or best', 'last'),
    )
    .option(
      '--warm-start <model>',
      'begin with the weights of an exported model: a folder with its card.json',
    )
    .option('--seed <n>', 'seed of initial weights, data order and noise', whole, 1)
    .addOption(choice('--engine <name>', ['onnx', 'tfjs'], 'what computes the steps', 'onnx'))
    .addOption(
      choice(
        '--device <name>',
        ['cpu', 'webgpu', 'cuda'],
        'where it computes; doctor says what works here (default: "cpu"; tfjs with tfjs-node-gpu "cuda")',
      ),
    )
    .option('--threads <n>', 'CPU threads; one gives the same bits on every run', count, 1)
}

/** The default of every option. */
export function defaultChoices(): Choices {
  return withChoices(new Command()).parse([], { from: 'user' }).opts<Choices>()
}
