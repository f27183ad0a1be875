import { formatId, type Identity, parseId } from '../../models/ids.ts'
import { standardPrior } from '../../models/latent/prior.ts'
import type { Dataset } from '../data/dataset.ts'
import { readImportFlags } from '../data/import-flags.ts'
import { known } from '../data/known/known-datasets.ts'
import { loadDataset } from '../data/load-dataset.ts'
import { defaultDevice } from '../engines/open-engine.ts'
import type { Augmentation } from '../step/augment.ts'
import { Configuration } from '../step/configuration.ts'
import type { Parameters } from '../step/parameters.ts'
import { requireTrainable } from './require-trainable.ts'
import type { Choices } from './run-options.ts'
import { readWarmStart } from './warm-start.ts'

/** Folds K of the cross-validation where the paper does not use ten. */
const FOLDS = { freyface: 5 } as Readonly<Record<string, number>>
const DEFAULT_FOLDS = 10

/** A run to train: its data and configuration, and its initial weights if they come from another model. */
export interface ChosenRun {
  dataset: Dataset
  configuration: Configuration
  initial?: Parameters
}

/**
 * The data set and the configuration given by a model id and options. Without an id, `--data` is needed and the id is
 * made from the options.
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

/**
 * The name that an id gives to custom data: with `--data ./scans`, the id `leaves-vae-l2-z2` names the data `leaves`.
 */
function nameOfId(named: Identity | null, data: string): string | undefined {
  const isKnown = (name: string) => known.some(set => set.name === name)
  return named && !isKnown(data) && !isKnown(named.data) ? named.data : undefined
}

/** What a configuration takes from a data set. */
type ChosenData = Pick<Dataset, 'height' | 'width'> & { name?: string; classes?: readonly string[] }
type NamedChoices = Choices & { data: string }

/**
 * The configuration given by a model id and options, for images of `height` by `width` pixels.
 *
 * @param named the parsed id, or null
 * @throws Error when the options contradict one another: a line for each, with the path of the field
 */
export function configure(named: Identity | null, choices: NamedChoices, dataset: ChosenData): Configuration {
  const { classes = [] } = dataset
  const identity = identify(named, choices, dataset)
  const { kind, latentDim, widths, conditional, importanceSamples, binarized } = identity
  const parsed = Configuration.safeParse({
    id: formatId(identity),
    data: chooseData(choices, binarized === true),
    architecture: {
      kind,
      inputDim: dataset.height * dataset.width,
      latentDim,
      layers: identity.layers,
      ...(widths && { widths }),
      ...(conditional && { classes: classes.length }),
      output: choices.output,
    },
    objective: {
      reconstruction: identity.reconstruction,
      beta: identity.beta,
      samples: importanceSamples ?? choices.samples ?? 1,
      kl: choices.kl,
      ...(importanceSamples !== undefined && { bound: 'iwae' as const }),
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

/** All that a model's id says: from the options, else from the id given, else by default. */
function identify(
  named: Identity | null,
  choices: NamedChoices,
  { name, classes = [] }: ChosenData,
): Identity {
  const kind = choices.kind ?? named?.kind ?? 'vae'
  const latentDim = choices.latent ?? named?.latentDim ?? 2
  const widths = choices.widths ?? (choices.layers ? undefined : named?.widths)
  const conditional = choices.conditional ?? named?.conditional ?? false
  if (conditional && classes.length < 2) {
    throw new Error(
      `architecture.classes: expected data with classes for a conditional model, got ${choices.data} without`,
    )
  }
  const namedSamples = choices.objective === 'elbo' ? undefined : named?.importanceSamples
  const isImportanceWeighted = kind === 'vae' && (choices.objective === 'iwae' || namedSamples !== undefined)
  return {
    // Own data goes by its name, known data by its own.
    data: name ?? choices.data,
    kind,
    layers: widths ? widths.length + 1 : (choices.layers ?? named?.layers ?? 2),
    ...(widths && { widths }),
    conditional,
    ...(isImportanceWeighted && { importanceSamples: choices.samples ?? namedSamples ?? 1 }),
    binarized: (choices.binarize ?? named?.binarized) === true,
    latentDim,
    beta: kind === 'ae' ? 0 : (choices.beta ?? named?.beta ?? 1),
    reconstruction: choices.loss ?? named?.reconstruction ?? 'bce',
    prior: choosePrior(named, choices, kind, latentDim),
  }
}

function choosePrior(
  named: Identity | null,
  choices: Choices,
  kind: Identity['kind'],
  latentDim: number,
): Identity['prior'] {
  const standard = standardPrior(latentDim)
  if (kind === 'ae') return standard
  const { mean, variance } = named?.latentDim === latentDim ? named.prior : standard
  return { mean: choices.priorMean ?? mean, variance: choices.priorVariance ?? variance }
}

/** Where images come from and how they are divided. */
function chooseData(choices: NamedChoices, binarized: boolean): Configuration['data'] {
  const { data: name, images, split, splitSeed, fold, foldSeed } = choices
  const own = readImportFlags(choices)
  const augmentation = augmentationOf(choices.augment)
  return {
    name,
    ...(images && { images }),
    ...(own && { import: own }),
    split,
    splitSeed,
    folds: choices.folds ?? FOLDS[name] ?? DEFAULT_FOLDS,
    fold,
    foldSeed,
    ...(augmentation && { augmentation }),
    ...(binarized && { binarized: true as const }),
  }
}

function augmentationOf(bounds: Choices['augment']): Augmentation | undefined {
  if (!bounds) return undefined
  if (bounds.length !== 2 || bounds.some(bound => !(bound >= 0))) {
    throw new Error(`augment: expected two numbers of at least 0, pixels and degrees, got ${bounds}`)
  }
  return { shift: bounds[0], rotation: bounds[1] }
}
