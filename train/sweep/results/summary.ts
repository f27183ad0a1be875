import { isDeepStrictEqual } from 'node:util'
import type { Metric } from '../../../models/card.ts'
import { type Loss, type PaperRow, paperLookup } from '../../../models/paper/paper-rows.ts'
import type { Mean } from '../../../models/paper/report.ts'
import type { Result } from '../../../models/paper/result.ts'
import { spread } from '../../../models/paper/spread.ts'

/** A figure of a model over its trained folds. */
export interface Figure extends Mean {
  name: Exclude<Metric['name'], 'klPerDimension'>
  unit: Metric['unit']
  split: 'validation' | 'test'
  latent: Metric['latent']
}

/** The results of one model of a sweep: the same settings on several folds. */
export interface Summary {
  name: string
  configuration: Result['configuration']
  /** Seed of its runs. */
  seed: number
  /** Folds trained. */
  n: number
  /** Least and greatest number of trained epochs, which differ if runs stopped early. */
  epochs: [number, number]
  parameters: number
  figures: Figure[]
  /** The paper's rows for this model, by loss: one for each table that reports it. */
  paper: Record<Loss, PaperRow[]>
}

/**
 * Groups results by model, in the order of the paper's tables: data set, layers, latent size, AE before VAE. Results
 * are put together only if their settings agree in all but the fold.
 *
 * @param preset whose tables of the paper come first, if several report the same model
 * @throws Error when folds of one model were trained on different data, or have different figures
 */
export function summarize(results: Result[], preset?: string): Summary[] {
  const groups: Result[][] = []
  for (const result of results) {
    const group = groups.find(([first]) => alike(first, result))
    if (group) group.push(result)
    else groups.push([result])
  }
  const find = paperLookup(preset)
  return groups.map(group => describe(group, find)).sort(byModel)
}

function describe(group: Result[], find: ReturnType<typeof paperLookup>): Summary {
  const [{ name, configuration, parameters, metrics }] = group
  requireSameData(group)
  requireSameFigures(group)
  const epochs = group.map(result => result.epochs)
  return {
    name,
    configuration,
    seed: configuration.seed,
    n: group.length,
    epochs: [Math.min(...epochs), Math.max(...epochs)],
    parameters,
    figures: metrics.flatMap(metric => figureOf(metric, group)),
    paper: { bce: find(name, 'bce'), mse: find(name, 'mse'), l1: find(name, 'l1') },
  }
}

/** @throws Error when folds of one model were trained on different data, whose mean would mean nothing */
function requireSameData(group: readonly Result[]): void {
  const [first, ...rest] = group.filter(({ data }) => data)
  const other = rest.find(({ data }) => data!.sha256 !== first.data!.sha256)
  if (!other) return
  const hashes = [first, other].map(
    ({ configuration, data }) => `fold ${configuration.data.fold} on ${data!.sha256.slice(0, 12)}…`,
  )
  throw new Error(
    `${first.name}: expected all its folds on the same data, got ${hashes.join(', ')}; train the older ones again`,
  )
}

/** @throws Error when a fold lacks a figure that another has: a mean over the rest would count as one over all */
function requireSameFigures(group: readonly Result[]): void {
  const keyOf = ({ name, split, latent }: Metric) => `${name} on ${split} at z ${latent}`
  for (const one of group) {
    for (const other of group) {
      const lacking = one.metrics.map(keyOf).find(key => !other.metrics.some(metric => keyOf(metric) === key))
      if (!lacking) continue
      const [has, lacks] = [one, other].map(({ configuration }) => configuration.data.fold)
      throw new Error(
        `${one.name}: expected the same figures of all folds, got ${lacking} of fold ${has} but not of fold ${lacks}`,
      )
    }
  }
}

function figureOf({ name, unit, split, latent }: Metric, group: Result[]): Figure[] {
  if (name === 'klPerDimension' || split === 'train') return []
  const values = group.flatMap(({ metrics }) =>
    metrics
      .filter(m => m.name === name && m.split === split && m.latent === latent)
      .map(m => m.value as number),
  )
  return [{ name, unit, split, latent, ...spread(values) }]
}

function alike(a: Result, b: Result): boolean {
  const held = ({ configuration }: Result) => ({
    ...configuration,
    data: { ...configuration.data, fold: 0 },
  })
  return a.name === b.name && isDeepStrictEqual(held(a), held(b))
}

const DATA = ['mnist', 'fashion-mnist', 'freyface']

function byModel(a: Summary, b: Summary): number {
  const rank = ({ configuration: { data } }: Summary) => {
    const place = DATA.indexOf(data.name)
    return place < 0 ? DATA.length : place
  }
  const numbers = (s: Summary) => {
    const { architecture, objective } = s.configuration
    return [rank(s), architecture.layers, architecture.latentDim, objective.beta, s.seed, s.epochs[0]]
  }
  const other = numbers(b)
  const differing = numbers(a)
    .map((value, i) => value - other[i])
    .find(difference => difference !== 0)
  return differing ?? (a.name < b.name ? -1 : a.name > b.name ? 1 : 0)
}
