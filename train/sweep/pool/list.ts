import { duration } from '../../fit/display.ts'
import { costRate, secondsLeft } from '../plan/cost.ts'
import { type Job, jobCost, type PlanOptions, planJobs } from '../plan/plan.ts'
import { presets } from '../plan/presets.ts'
import { type Folders, type RunStatus, statusOf } from './run-status.ts'

/**
 * Describes the presets, or the one with the given name: numbers of models and runs, and approximate hours.
 *
 * @throws Error when there is no such preset
 */
export async function listPresets(
  name: string | undefined,
  options: PlanOptions,
  workers: number,
): Promise<string[]> {
  const chosen = presets().filter(preset => !name || preset.name === name)
  if (chosen.length === 0) throw new Error(`preset: expected one of those of --list, got "${name}"`)
  const rows = []
  for (const preset of chosen) {
    const jobs = await planJobs(preset.settings, options).catch(() => [])
    const models = new Set(jobs.map(job => job.name)).size
    const hours = secondsLeft(jobs.map(jobCost), workers, costRate([])) / 3600
    rows.push([preset.name, `${models}`, `${jobs.length}`, hours.toFixed(1), preset.description])
  }
  return [
    ...aligned([['preset', 'models', 'runs', 'hours', ''], ...rows]),
    '',
    `Hours with ${workers} ${workers === 1 ? 'worker' : 'workers'}, at 8,500 images/s a core for the 620,156 parameters of mnist-vae-l2-z2.`,
  ]
}

/** Describes runs: a line for each with its state and remaining time, then the remaining time of all. */
export async function listRuns(jobs: Job[], folders: Folders, workers: number): Promise<string[]> {
  const rate = costRate([])
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
      return `begun, ${status.epochs} done`
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
