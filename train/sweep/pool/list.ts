import { RECIPE_GROUPS } from '../../../models/paper/recipe.ts'
import { duration } from '../../fit/display.ts'
import { costRate, secondsLeft } from '../plan/cost.ts'
import { type Job, jobCost, type PlanOptions, planJobs } from '../plan/plan.ts'
import { presets } from '../plan/presets.ts'
import { planSearch } from '../plan/search-left.ts'
import { imagesPerSecond, measureSpeed } from './measure-speed.ts'
import { type Folders, type RunStatus, statusOf } from './run-status.ts'

/**
 * Describes the presets, or the one with the given name: numbers of models, runs and unfinished runs, and about how many
 * hours these take at the speed that a short training here has; then what the search of recipes has still to do.
 *
 * @param foldersOf the folders of a preset's runs and results
 * @throws Error when there is no such preset
 */
export async function listPresets(
  name: string | undefined,
  options: PlanOptions,
  workers: number,
  foldersOf: (preset: string) => Folders,
): Promise<string[]> {
  const chosen = presets().filter(preset => !name || preset.name === name)
  if (chosen.length === 0) throw new Error(`preset: expected one of those of --list, got "${name}"`)
  const speed = await measureSpeed()
  const hours = (costs: number[]) => (secondsLeft(costs, workers, costRate([speed])) / 3600).toFixed(1)
  const rows = []
  for (const preset of chosen) {
    const jobs = await planJobs(preset.settings, options).catch(() => [])
    const models = new Set(jobs.map(job => job.name)).size
    const left = await costsLeft(jobs, foldersOf(preset.name))
    rows.push([preset.name, `${models}`, `${jobs.length}`, `${left.length}`, hours(left), preset.description])
  }
  return [
    ...aligned([['preset', 'models', 'runs', 'to do', 'hours', ''], ...rows]),
    '',
    ...(await describeSearch(options, hours)),
    `Hours with ${workers} ${workers === 1 ? 'worker' : 'workers'}, at the ${Math.round(imagesPerSecond(speed)).toLocaleString('en')} images/s of mnist-vae-l2-z2 just measured on one core.`,
  ]
}

/** What the search of recipes has still to do, and the models of the paper that wait for it. */
async function describeSearch(options: PlanOptions, hours: (costs: number[]) => string): Promise<string[]> {
  const { groups, trials, waiting } = await planSearch(options)
  if (groups === 0) return []
  const models = new Set(waiting.map(job => job.name)).size
  return [
    `The search still has ${groups} of ${RECIPE_GROUPS.length} groups to do: about ${trials.length} trials, ${hours(trials)} hours. ` +
      `${models} models of replication wait for it, with ${waiting.length} runs: ${hours(waiting.map(jobCost))} hours.`,
  ]
}

/** Describes runs: a line for each with its state and remaining time, then the remaining time of all. */
export async function listRuns(jobs: Job[], folders: Folders, workers: number): Promise<string[]> {
  const rate = costRate([await measureSpeed()])
  const statuses = await Promise.all(jobs.map(job => statusOf(job, folders)))
  const remaining = jobs.map((job, i) => (1 - shareDone(job, statuses[i])) * jobCost(job))
  const rows = jobs.map(({ run, configuration }, i) => [
    run,
    describeStatus(statuses[i]),
    `${configuration.optimization.epochs} epochs`,
    remaining[i] > 0 ? duration(remaining[i] / rate) : '',
  ])
  const left = remaining.filter(cost => cost > 0)
  const total = duration(secondsLeft(left, workers, rate))
  return [...aligned(rows), '', `${left.length} of ${jobs.length} runs to do, about ${total}`]
}

/** The costs of what is left of the unfinished ones of some runs. */
async function costsLeft(jobs: Job[], folders: Folders): Promise<number[]> {
  const statuses = await Promise.all(jobs.map(job => statusOf(job, folders)))
  return jobs.map((job, i) => (1 - shareDone(job, statuses[i])) * jobCost(job)).filter(cost => cost > 0)
}

/** The share of a run's epochs that are done, 0 to 1. */
export function shareDone({ configuration }: Job, status: RunStatus): number {
  if (status.state === 'recorded' || status.state === 'unrecorded') return 1
  return 'epochs' in status ? status.epochs / configuration.optimization.epochs : 0
}

function describeStatus(status: RunStatus): string {
  switch (status.state) {
    case 'recorded':
      return 'finished'
    case 'unrecorded':
      return 'finished, not recorded'
    case 'begun':
      return `started, ${status.epochs} epochs done`
    default:
      return status.state
  }
}

function aligned(rows: string[][]): string[] {
  const widths = rows[0].map((_, i) => Math.max(...rows.map(row => row[i].length)))
  const isNumber = (i: number) => rows.slice(1).every(row => /^[\d.]+$/.test(row[i]))
  return rows.map(row =>
    row
      .map((cell, i) => (isNumber(i) ? cell.padStart(widths[i]) : cell.padEnd(widths[i])))
      .join('  ')
      .trimEnd(),
  )
}
