import { mkdir } from 'node:fs/promises'
import { dirname } from 'node:path'
import { readJson } from '../../../export/files/read-json.ts'
import { writeAtomic } from '../../../export/files/write-atomic.ts'
import { formatId } from '../../../models/ids.ts'
import { standardPrior } from '../../../models/latent/prior.ts'
import {
  type Choice,
  isSameGroup,
  nextTrial,
  RECIPE_GROUPS,
  type RecipeGroup,
  searchEpochs,
  Trial,
} from '../../../models/paper/recipe.ts'
import type { Result } from '../../../models/paper/result.ts'
import { type Job, planJobs } from '../plan/plan.ts'
import { optimizationOf } from '../plan/replication-recipe.ts'
import type { Settings } from '../plan/settings.ts'
import { runJobs } from '../pool/pool.ts'
import type { Folders } from '../pool/run-status.ts'
import { loadResult, resultPath } from '../results/result-files.ts'

/** The held-out fold and the seed of every trial. */
const FOLD = 0
const SEED = 1

/** The settings of a trial: the group's model with the standard prior and β = 1. */
export function trialSettings(group: RecipeGroup, choice: Choice): Settings {
  const { learningRate, betaWarmup } = choice
  return {
    id: formatId({
      data: group.dataset,
      kind: group.kind,
      layers: group.layers,
      latentDim: group.latentDim,
      beta: group.kind === 'ae' ? 0 : 1,
      reconstruction: group.dataset === 'freyface' ? 'mse' : 'bce',
      prior: standardPrior(group.latentDim),
    }),
    variant: `lr${learningRate}${betaWarmup > 0 ? 'warm' : ''}`,
    ...optimizationOf(group, choice, searchEpochs(group)),
  }
}

/** Reads the table of trials; empty if there is no file. */
export async function loadTrials(path: string): Promise<Trial[]> {
  return (await readJson(path, Trial.array(), 'a table of trials')) ?? []
}

/** Formats a table of trials or divergences: a line each, in the order of the groups. */
export function formatByGroup(rows: readonly RecipeGroup[]): string {
  const ordered = RECIPE_GROUPS.flatMap(group => rows.filter(row => isSameGroup(row, group)))
  return `[\n${ordered.map(row => JSON.stringify(row)).join(',\n')}\n]\n`
}

interface SearchOptions {
  /** Path of the table of trials. */
  table: string
  folders: Folders
  workers: number
  dataDir?: string
  signal: AbortSignal
  onTrial(trial: Trial): void
}

/**
 * Searches the recipe of each group, several groups at a time, and writes the table after every trial. Trials in the
 * table are not run again; an interrupted one is resumed.
 *
 * @throws Error when a trial fails for another reason than a loss that is not finite; the others are interrupted first
 */
export async function searchRecipes(
  groups: readonly RecipeGroup[],
  options: SearchOptions,
): Promise<Trial[]> {
  const trials = await loadTrials(options.table)
  await mkdir(dirname(options.table), { recursive: true })
  const waiting = [...groups]
  const failed = new AbortController()
  const signal = AbortSignal.any([options.signal, failed.signal])
  const work = async () => {
    for (let group = waiting.shift(); group; group = waiting.shift()) {
      for (let next = nextTrial(group, trials); next; next = nextTrial(group, trials)) {
        const trial = await runTrial(group, next, { ...options, signal })
        if (!trial) return
        trials.push(trial)
        await writeAtomic(options.table, formatByGroup(trials))
        options.onTrial(trial)
      }
    }
  }
  const ends = await Promise.allSettled(
    Array.from({ length: options.workers }, () =>
      work().catch(error => {
        failed.abort()
        throw error
      }),
    ),
  )
  for (const end of ends) if (end.status === 'rejected') throw end.reason
  return trials
}

/** Trains one trial in a process of its own; null if interrupted. */
async function runTrial(
  group: RecipeGroup,
  choice: Choice,
  { folders, dataDir, signal }: SearchOptions,
): Promise<Trial | null> {
  const [job] = await planJobs([trialSettings(group, choice)], { folds: [FOLD], seeds: [SEED], dataDir })
  const [outcome] = await runJobs([job], {
    order: { folders, dataDir, discardState: true, overwrite: false, splits: ['validation'] },
    workers: 1,
    signal,
    kill: new AbortController().signal,
    onStart: () => {},
    onProgress: () => {},
    onEnd: () => {},
  })
  if (!outcome || outcome.type === 'interrupted') return null
  const common = { ...group, ...choice, epochs: searchEpochs(group), fold: FOLD, seed: SEED }
  if (outcome.type === 'failed') {
    if (!outcome.error.includes('not a finite number')) throw new Error(`${job.run}: ${outcome.error}`)
    return { ...common, validation: null, weights: null }
  }
  if (outcome.type === 'held') throw new Error(`${job.run}: another process is training it`)
  const result = await recordedResult(job, folders)
  return { ...common, validation: validationLoss(result), weights: result.weights }
}

async function recordedResult(job: Job, { results }: Folders): Promise<Result> {
  const path = resultPath(results, job.run)
  const result = await loadResult(path)
  if (!result) throw new Error(`${path}: expected the result of a finished trial, found none`)
  return result
}

/** The training objective on the held-out fold, nats per image: with z drawn for a VAE, at beta = 1. */
function validationLoss({ configuration, metrics }: Result): number {
  const { architecture, objective } = configuration
  const latent = architecture.kind === 'vae' ? 'sampled' : 'mu'
  const value = (name: string) =>
    metrics.find(m => m.name === name && m.split === 'validation' && m.latent === latent)?.value as number
  return architecture.kind === 'vae'
    ? -value('elbo')
    : value(objective.reconstruction) * architecture.inputDim
}
