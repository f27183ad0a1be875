import { join } from 'node:path'
import type { Result } from '../../../models/paper/result.ts'
import { loadDataset } from '../../data/load-dataset.ts'
import { loadRun } from '../../fit/run.ts'
import { epochCost, type Work } from '../plan/cost.ts'
import type { Job } from '../plan/plan.ts'
import { loadResult, resultPath } from '../results/result-files.ts'
import { writeReport } from '../results/write-tables.ts'
import { openDisplay } from './display.ts'
import { estimateTime } from './estimate.ts'
import { shareDone } from './list.ts'
import { type Outcome, runJobs } from './pool.ts'
import { type Folders, type RunStatus, statusOf } from './run-status.ts'

/** Options of `sweep`. */
export interface SweepOptions {
  folders: Folders
  workers: number
  dataDir?: string
  retryFailed?: boolean
  overwrite?: boolean
  discardState: boolean
}

/**
 * Trains the unfinished runs of a sweep with a progress display, and prints the tables at the end.
 *
 * @param all runs of the sweep: the tables include every finished one, on whatever machine it was trained
 * @param own the runs to train here
 * @returns the exit status: 0; 1 if a run failed, now or in an earlier sweep; 130 if interrupted
 * @throws Error before any run starts, when a run of the same name has other settings and is not to be replaced, or a
 * data set cannot be loaded
 */
export async function sweep(title: string, all: Job[], own: Job[], options: SweepOptions): Promise<number> {
  const { folders } = options
  const statuses = new Map<Job, RunStatus>()
  for (const job of own) statuses.set(job, await statusOf(job, folders))
  if (!options.overwrite) refuseClashes(statuses)
  const todo = own.filter(job => {
    const { state } = statuses.get(job)!
    return state !== 'recorded' && (state !== 'failed' || options.retryFailed)
  })
  await checkData(todo, options.dataDir)
  const failedBefore = own.filter(job => statuses.get(job)!.state === 'failed' && !options.retryFailed)
  const workers = Math.min(options.workers, Math.max(1, todo.length))
  console.log(introduce(title, own, todo, failedBefore, options))
  const begun = (job: Job) => shareDone(job, statuses.get(job)!)
  const estimate = estimateTime(todo, begun, workers, await workDone(own, folders.out))
  const outcomes = await withInterrupts((signal, kill, onInterrupt) => {
    const display = openDisplay(todo.length, workers, folders.out, estimate)
    onInterrupt(() => display.say('stopping after the steps under way; press Ctrl-C again to stop at once'))
    const { dataDir, discardState, overwrite = false } = options
    const order = { folders, dataDir, discardState, overwrite }
    const run = runJobs(todo, {
      order,
      workers,
      signal,
      kill,
      onStart: display.start,
      onProgress: display.progress,
      onEnd: display.end,
    })
    return run.finally(display.close)
  })
  return conclude(title, all, { todo, outcomes, failedBefore: failedBefore.length }, options)
}

/** Loads each data set once, so that a missing one is reported once before the sweep and not for every run. */
async function checkData(jobs: Job[], dataDir?: string): Promise<void> {
  for (const name of new Set(jobs.map(({ configuration }) => configuration.data.name))) {
    await loadDataset(name, { dataDir })
  }
}

/** Runs `work` with two signals: the first Ctrl-C or SIGTERM aborts the first, the second one the other. */
async function withInterrupts(
  run: (signal: AbortSignal, kill: AbortSignal, onInterrupt: (say: () => void) => void) => Promise<Outcome[]>,
): Promise<Outcome[]> {
  const stop = new AbortController()
  const kill = new AbortController()
  const interrupt = () => (stop.signal.aborted ? kill.abort() : stop.abort())
  process.on('SIGINT', interrupt).on('SIGTERM', interrupt)
  try {
    return await run(stop.signal, kill.signal, say => stop.signal.addEventListener('abort', say))
  } finally {
    process.off('SIGINT', interrupt).off('SIGTERM', interrupt)
  }
}

function introduce(title: string, own: Job[], todo: Job[], failed: Job[], options: SweepOptions): string {
  const skipped = own.length - todo.length - failed.length
  const counts = [
    `${own.length} runs`,
    ...(skipped > 0 ? [`${skipped} finished before`] : []),
    ...(failed.length > 0 ? [`${failed.length} failed before (--retry-failed trains them again)`] : []),
  ]
  const names = failed.map(job => `failed      ${job.run}`)
  return [`${title}: ${counts.join(', ')} → ${options.folders.out}`, ...names].join('\n')
}

async function conclude(
  title: string,
  all: Job[],
  { todo, outcomes, failedBefore }: { todo: Job[]; outcomes: Outcome[]; failedBefore: number },
  { folders }: SweepOptions,
): Promise<number> {
  const results: Result[] = []
  for (const job of all) {
    if ((await statusOf(job, folders)).state !== 'recorded') continue
    results.push((await loadResult(resultPath(folders.results, job.run)))!)
  }
  const failed = failedBefore + outcomes.filter(({ type }) => type === 'failed').length
  const held = outcomes.filter(({ type }) => type === 'held').length
  const unfinished = todo.length - outcomes.length + outcomes.filter(o => o.type === 'interrupted').length
  const tables =
    results.length > 0 ? await writeReport(results, title, folders.out, process.stdout.columns) : ''
  if (unfinished === 0 && tables) console.log(`\n${tables}\n`)
  const parts = [
    `${results.length} of ${all.length} runs finished`,
    ...(failed > 0 ? [`${failed} failed`] : []),
    ...(held > 0 ? [`${held} under way elsewhere`] : []),
    ...(unfinished > 0 ? [`${unfinished} interrupted or not started: the same command continues them`] : []),
  ]
  console.log(parts.join(', '))
  if (unfinished > 0) return 130
  return failed > 0 ? 1 : 0
}

/** Cost and time of the finished runs in the folder, which give this machine's speed. */
async function workDone(jobs: Job[], out: string): Promise<Work[]> {
  const work: Work[] = []
  for (const { run, configuration, images } of jobs) {
    const finished = await loadRun(join(out, run))
    if (!finished || finished.epochs === 0) continue
    work.push({ cost: epochCost(configuration, images) * finished.epochs, seconds: finished.seconds })
  }
  return work
}

function refuseClashes(statuses: Map<Job, RunStatus>): void {
  const clashes = [...statuses.values()].filter(status => status.state === 'clash')
  if (clashes.length === 0) return
  const [{ where, differences }] = clashes
  throw new Error(
    `${clashes.length} ${clashes.length === 1 ? 'run was' : 'runs were'} made with other settings, the first ${where}:\n  ${differences.join('\n  ')}\n` +
      '--overwrite replaces them; --out and --results put new ones elsewhere',
  )
}
