import { Command } from 'commander'
import { choice, integer, number, numbers } from '../../export/command/options.ts'
import { formatId, type Identity, parseId } from '../../models/ids.ts'
import { standardPrior } from '../../models/prior.ts'
import type { Dataset } from '../data/dataset.ts'
import { type ImportFlags, readImportFlags, withImportOptions } from '../data/import-flags.ts'
import { known } from '../data/known/known-datasets.ts'
import { DATA_FORMS, loadDataset } from '../data/load-dataset.ts'
import { defaultDevice } from '../engines/open-engine.ts'
import type { Augmentation } from '../step/augment.ts'
import { Configuration } from '../step/configuration.ts'
import type { Parameters } from '../step/parameters.ts'
import { requireTrainable } from './require-trainable.ts'
import { readWarmStart } from './warm-start.ts'

/** A run's options on the command line, beside its id. */
export interface Choices extends ImportFlags {
  data?: string
  dataDir?: string
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

/** K of the paper's cross-validation: ten folds, but its FreyFace figures are those of five. */
const FOLDS = { freyface: 5 } as Readonly<Record<string, number>>
const DEFAULT_FOLDS = 10

/** Adds the options that choose a run's configuration. */
export function withChoices(command: Command): Command {
  const whole = integer({ min: 0 })
  const count = integer({ min: 1 })
  return withImportOptions(command)
    .optionsGroup('Data:')
    .option('--data <name>', DATA_FORMS)
    .option('--data-dir <folder>', 'a folder that has the data sets (or set LATENT_EDGE_DATA)')
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
      'shift and rotate training images at random, new in each epoch, by up to so many pixels and degrees: 1,8',
      numbers,
    )
    .option('--binarize', 'draw each pixel as 0 or 1 with its intensity as probability, new in each epoch')
    .optionsGroup('Model (each overrides the id):')
    .addOption(choice('--kind <kind>', ['ae', 'vae'], 'autoencoder or variational autoencoder'))
    .option('--layers <n>', 'dense layers each way, 1 to 8', count)
    .option('--widths <list>', 'units of the hidden layers, in place of --layers and Eq. 1: 512,256', numbers)
    .option('--conditional', "give encoder and decoder the image's class beside x and z")
    .option('--latent <n>', 'latent size', count)
    .addOption(
      choice('--output <f>', ['sigmoid', 'relu', 'identity'], "the decoder's last activation", 'sigmoid'),
    )
    .optionsGroup('Objective:')
    .addOption(choice('--loss <name>', ['bce', 'mse', 'l1'], 'reconstruction term, summed over pixels'))
    .option('--beta <b>', 'weight of the KL term', number({ min: 0 }))
    .option('--prior-mean <list>', "the Gaussian prior's mean, one number a latent dimension: 5,10", numbers)
    .option('--prior-variance <list>', "the Gaussian prior's variance: 1,3", numbers)
    .addOption(
      choice(
        '--objective <name>',
        ['elbo', 'iwae'],
        'the ELBO, or the importance-weighted bound over the samples',
      ),
    )
    .option('--samples <L>', 'Monte Carlo samples an image (default: 1)', count)
    .addOption(
      choice('--kl <how>', ['analytic', 'monteCarlo'], 'KL in closed form or from the samples', 'analytic'),
    )
    .option(
      '--beta-warmup <epochs>',
      'raise beta linearly from 0 over this many epochs',
      number({ min: 0 }),
      0,
    )
    .optionsGroup('Training:')
    .option('--epochs <n>', 'passes over the training images', count, 40)
    .option('--batch <n>', 'images a step', count, 100)
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
      'stop after so many epochs without a better validation loss; 0: never',
      whole,
      0,
    )
    .addOption(
      choice('--keep <which>', ['last', 'best'], 'whose weights to end with: last or best epoch', 'last'),
    )
    .option(
      '--warm-start <model>',
      'begin with the weights of an exported model: a folder with its card.json',
    )
    .option('--seed <n>', 'of initial weights, data order and noise', whole, 1)
    .addOption(choice('--engine <name>', ['onnx', 'tfjs'], 'what computes the steps', 'onnx'))
    .addOption(
      choice(
        '--device <name>',
        ['cpu', 'webgpu', 'cuda'],
        'where it computes; doctor says what works here (default: "cpu"; tfjs with tfjs-node-gpu "cuda")',
      ),
    )
    .option('--threads <n>', 'CPU threads; one gives the same bits on every run', count, 1)
    .optionsGroup('Run:')
}

/** The default of every option. */
export function defaultChoices(): Choices {
  return withChoices(new Command()).opts<Choices>()
}

/** What is to be trained, on what, and from which weights where these are not drawn. */
export interface ChosenRun {
  dataset: Dataset
  configuration: Configuration
  initial?: Parameters
}

/**
 * The data set and the configuration that an id and options name. An id is read by `parseId`; where there is none,
 * `--data` is needed and the id is made from the options.
 *
 * @throws Error when neither names the data, or the options contradict one another
 */
export async function chooseRun(id: string | undefined, choices: Choices): Promise<ChosenRun> {
  const named = id === undefined ? null : parseId(id)
  const data = choices.data ?? named?.data
  if (!data) throw new Error('expected a model id, such as mnist-vae-l2-z2, or --data')
  const chosen = { ...choices, data, name: choices.name ?? nameOfId(named, data) }
  const dataset = await loadDataset(data, { ...chosen, import: readImportFlags(chosen) })
  const configuration = configure(named, chosen, dataset)
  requireTrainable(dataset, configuration)
  if (!choices.warmStart) return { dataset, configuration }
  const { model, parameters } = await readWarmStart(choices.warmStart, configuration.architecture)
  return { dataset, configuration: { ...configuration, warmStart: model }, initial: parameters }
}

/** The name that an id gives to own data: `leaves-vae-l2-z2` with `--data ./scans` is a model of leaves. */
function nameOfId(named: Identity | null, data: string): string | undefined {
  const isKnown = (name: string) => known.some(set => set.name === name)
  return named && !isKnown(data) && !isKnown(named.data) ? named.data : undefined
}

/**
 * The configuration that an id and options name, for images of `height` by `width` pixels.
 *
 * @param named what an id says; null where there is none
 * @throws Error when the options contradict one another: a line for each, with the path of the field
 */
export function configure(
  named: Identity | null,
  choices: Choices & { data: string },
  {
    height,
    width,
    name,
    classes = [],
  }: Pick<Dataset, 'height' | 'width'> & { name?: string; classes?: readonly string[] },
): Configuration {
  const { data } = choices
  const kind = choices.kind ?? named?.kind ?? 'vae'
  const latentDim = choices.latent ?? named?.latentDim ?? 2
  const standard = standardPrior(latentDim)
  const namedPrior = named?.latentDim === latentDim ? named.prior : standard
  const widths = choices.widths ?? (choices.layers ? undefined : named?.widths)
  const conditional = choices.conditional ?? named?.conditional ?? false
  if (conditional && classes.length < 2) {
    throw new Error(
      `architecture.classes: expected data with classes for a conditional model, got ${data} without`,
    )
  }
  const namedSamples = choices.objective === 'elbo' ? undefined : named?.importanceSamples
  const samples = choices.samples ?? namedSamples ?? 1
  const iwae = kind === 'vae' && (choices.objective === 'iwae' || namedSamples !== undefined)
  const augmentation = augmentationOf(choices.augment)
  const binarized = (choices.binarize ?? named?.binarized) === true
  const identity: Identity = {
    // Own data goes by its name, known data by its own.
    data: name ?? data,
    kind,
    layers: widths ? widths.length + 1 : (choices.layers ?? named?.layers ?? 2),
    ...(widths && { widths }),
    conditional,
    ...(iwae && { importanceSamples: samples }),
    binarized,
    latentDim,
    beta: kind === 'ae' ? 0 : (choices.beta ?? named?.beta ?? 1),
    reconstruction: choices.loss ?? named?.reconstruction ?? 'bce',
    prior:
      kind === 'ae'
        ? standard
        : {
            mean: choices.priorMean ?? namedPrior.mean,
            variance: choices.priorVariance ?? namedPrior.variance,
          },
  }
  const inputDim = height * width
  const own = readImportFlags(choices)
  const parsed = Configuration.safeParse({
    id: formatId(identity),
    data: {
      name: data,
      ...(own && { import: own }),
      split: choices.split,
      splitSeed: choices.splitSeed,
      folds: choices.folds ?? FOLDS[data] ?? DEFAULT_FOLDS,
      fold: choices.fold,
      foldSeed: choices.foldSeed,
      ...(augmentation && { augmentation }),
      ...(binarized && { binarized: true as const }),
    },
    architecture: {
      kind,
      inputDim,
      latentDim,
      layers: identity.layers,
      ...(widths && { widths }),
      ...(conditional && { classes: classes.length }),
      output: choices.output,
    },
    objective: {
      reconstruction: identity.reconstruction,
      beta: identity.beta,
      samples,
      kl: choices.kl,
      ...(iwae && { bound: 'iwae' as const }),
    },
    prior: identity.prior,
    optimization: {
      epochs: choices.epochs,
      batch: choices.batch,
      learningRate: choices.lr,
      schedule: choices.schedule,
      warmup: choices.warmup,
      betaWarmup: choices.betaWarmup,
      patience: choices.patience,
      keep: choices.keep,
    },
    seed: choices.seed,
    engine: choices.engine,
    device: choices.device ?? defaultDevice(choices.engine),
    threads: choices.threads,
  })
  if (parsed.success) return parsed.data
  throw new Error(parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('\n'))
}

function augmentationOf(bounds: Choices['augment']): Augmentation | undefined {
  if (!bounds) return undefined
  if (bounds.length !== 2 || bounds.some(bound => !(bound >= 0))) {
    throw new Error(`augment: expected two numbers of at least 0, pixels and degrees, got ${bounds}`)
  }
  return { shift: bounds[0], rotation: bounds[1] }
}
