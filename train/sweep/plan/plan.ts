import { isDeepStrictEqual } from 'node:util'
import { parseId, writeNumber } from '../../../models/ids.ts'
import { runName } from '../../../models/paper/result.ts'
import { known } from '../../data/known/known-datasets.ts'
import { loadDataset } from '../../data/load-dataset.ts'
import { configure } from '../../fit/choices.ts'
import { defaultChoices } from '../../fit/run-options.ts'
import type { Configuration } from '../../step/configuration.ts'
import { epochCost } from './cost.ts'
import { matches } from './pattern.ts'
import type { Settings } from './settings.ts'

/** One run of a sweep. */
export interface Job {
  /**
   * Name of the model: its id, followed by the settings that differ if several models of the sweep have the same id.
   */
  name: string
  /** Name of the run directory and of the result: `<name>-fold<k>-seed<s>`. */
  run: string
  configuration: Configuration
  /** Number of training images of an epoch. */
  images: number
}

/** A run whose fold is not chosen yet. */
interface PlannedRun {
  variant: string | undefined
  /** How many of the folds to run, from the first. */
  runFolds: number | undefined
  configuration: Configuration
}

/** Command-line options that apply to all runs of a sweep. */
export interface PlanOptions {
  /** Settings that override those of the sweep. */
  overrides?: Omit<Settings, 'epochs' | 'seed'> & { epochs?: Epochs }
  /** Names of the data sets to keep; all by default. */
  data?: string[]
  /** Names of the models to keep, where `*` matches any text; all by default. */
  only?: string[]
  /** Folds to hold out, instead of those of the settings. Folds that a run's cross-validation does not have are skipped. */
  folds?: number[]
  seeds?: number[]
  dataDir?: string
}

/** A number of epochs, or a percentage of the sweep's. */
export type Epochs = number | { percent: number }

/** Size and number of the images of a data set. */
type Shape = { name: string; height: number; width: number; trainImages: number }

/**
 * The runs of a sweep: every setting with every seed and fold, without repetitions. They are sorted by fold, then by
 * descending cost, so that an interrupted sweep has one fold of every model before a second of any, and no long run
 * comes last.
 *
 * @throws Error when a run's settings contradict each other, or no run remains
 */
export async function planJobs(settings: Settings[], options: PlanOptions): Promise<Job[]> {
  const shapes = new Map<string, Shape>()
  const planned: PlannedRun[] = []
  for (const [i, entry] of settings.entries()) {
    const named = entry.id === undefined ? null : parseId(entry.id)
    const data = entry.data ?? named?.data
    if (!data) throw new Error(`run ${i + 1}: expected an id or "data", got neither`)
    if (options.data && !options.data.includes(data)) continue
    const shape = shapes.get(data) ?? (await shapeOf(data, options.dataDir))
    shapes.set(data, shape)
    const { variant, runFolds, ...rest } = entry
    for (const seed of options.seeds ?? [entry.seed ?? defaultChoices().seed]) {
      const merged = overridden({ ...rest, seed }, options)
      const choices = { ...defaultChoices(), ...merged, data, fold: 0, threads: 1 }
      try {
        planned.push({ variant, runFolds, configuration: configure(named, choices, shape) })
      } catch (cause) {
        throw new Error(`run ${i + 1}${entry.id ? ` (${entry.id})` : ''}: ${(cause as Error).message}`, {
          cause,
        })
      }
    }
  }
  const different = planned.filter((a, i) => planned.findIndex(b => isDeepStrictEqual(a, b)) === i)
  const jobs = different.flatMap(run => {
    const { configuration } = run
    const name = nameOf(run, different)
    if (options.only && !options.only.some(pattern => matches(pattern, name))) return []
    const images = imagesOf(configuration, shapes)
    return foldsOf(run, options.folds).map(held => makeJob(name, held, images))
  })
  if (jobs.length === 0) {
    const { data = ['any data set'], only = ['any model'], folds = ['any'] } = options
    throw new Error(
      `no run remains: the sweep has none of ${only.join(', ')} on ${data.join(', ')} with fold ${folds.join(', ')}`,
    )
  }
  return jobs.sort(
    (a, b) =>
      a.configuration.data.fold - b.configuration.data.fold ||
      jobCost(b) - jobCost(a) ||
      (a.run < b.run ? -1 : a.run > b.run ? 1 : 0),
  )
}

/** Cost of a run, in the unit of `epochCost`. */
export function jobCost({ configuration, images }: Job): number {
  return epochCost(configuration, images) * configuration.optimization.epochs
}

/**
 * The runs of shard `index` (from 1) of `count`. Runs are dealt in turn, so that the shards partition them at about
 * equal cost.
 */
export function shard<T>(jobs: T[], index: number, count: number): T[] {
  return jobs.filter((_, i) => i % count === index - 1)
}

function overridden(settings: Settings, { overrides = {} }: PlanOptions): Settings {
  const { epochs, ...rest } = overrides
  if (epochs === undefined) return { ...settings, ...rest }
  const configured = settings.epochs ?? defaultChoices().epochs
  const chosen = typeof epochs === 'number' ? epochs : Math.ceil((configured * epochs.percent) / 100)
  return { ...settings, ...rest, epochs: chosen }
}

async function shapeOf(data: string, dataDir?: string): Promise<Shape> {
  const set = known.find(({ name }) => name === data)
  if (set) return set
  const { name, height, width, train } = await loadDataset(data, { dataDir })
  return { name, height, width, trainImages: train.count }
}

function imagesOf({ data }: Configuration, shapes: Map<string, Shape>): number {
  return Math.floor((shapes.get(data.name)!.trainImages * (data.folds - 1)) / data.folds)
}

function foldsOf({ configuration, runFolds }: PlannedRun, wanted?: number[]): Configuration[] {
  const { folds } = configuration.data
  return Array.from({ length: folds }, (_, fold) => fold)
    .filter(fold => (wanted ? wanted.includes(fold) : fold < (runFolds ?? folds)))
    .map(fold => ({ ...configuration, data: { ...configuration.data, fold } }))
}

function makeJob(name: string, configuration: Configuration, images: number): Job {
  const { data, seed } = configuration
  return { name, run: runName(name, data.fold, seed), configuration, images }
}

const SHORT: Readonly<Record<string, string>> = { learningRate: 'lr', name: 'data', reconstruction: 'loss' }

/**
 * The id and variant, followed by the settings that distinguish the run from others with the same id and variant:
 * `-lr0.01-epochs20`.
 */
function nameOf({ configuration, variant }: PlannedRun, all: PlannedRun[]): string {
  const alike = all
    .filter(other => other.configuration.id === configuration.id && other.variant === variant)
    .map(other => flatten(other.configuration))
  const parts = [...flatten(configuration)]
    .filter(([path, value]) => alike.some(other => other.get(path) !== value))
    .map(([path, value]) => {
      const key = path.split('.').pop()!
      return `-${(SHORT[key] ?? key).toLowerCase()}${value.toLowerCase().replace(/[^a-z0-9.]/g, '')}`
    })
  return [configuration.id, ...(variant ? [`-${variant}`] : []), ...parts].join('')
}

/** The settings as text by their paths, without id and seed, which the name of a run already contains. */
function flatten({ id, seed, ...rest }: Configuration): Map<string, string> {
  const leaves = Object.entries(rest).flatMap(([group, value]) =>
    typeof value === 'object'
      ? Object.entries(value).map(([key, leaf]) => [`${group}.${key}`, leaf] as const)
      : [[group, value] as const],
  )
  return new Map(
    leaves.map(([path, leaf]) => [path, typeof leaf === 'number' ? writeNumber(leaf) : String(leaf)]),
  )
}
