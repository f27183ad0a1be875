import { fork } from 'node:child_process'
import { closeSync, mkdirSync, openSync } from 'node:fs'
import { join } from 'node:path'
import type { Progress } from '../fit/epoch.ts'
import type { Job } from './plan.ts'
import type { Order, Report } from './worker.ts'

/** How a run of a sweep ended, in this sweep. */
export type Outcome = Exclude<Report, { type: 'progress' }> & { job: Job }

export interface PoolOptions {
  /** What every worker is told, beside its run. */
  order: Omit<Order, 'job'>
  workers: number
  /** When it aborts, no run is begun and those under way end as `Ctrl-C` ends them. */
  signal: AbortSignal
  /** When it aborts, workers are killed. */
  kill: AbortSignal
  onStart(job: Job, worker: number): void
  onProgress(job: Job, worker: number, progress: Progress): void
  onEnd(outcome: Outcome, worker: number): void
}

/**
 * Does runs in order, each in a process of its own, some at a time. A failed run does not keep others from running;
 * one whose process died goes on from its checkpoint, once more for as long as it makes progress.
 *
 * @returns how each run ended, in the order of their ends; runs never begun are not there
 */
export async function runJobs(jobs: Job[], options: PoolOptions): Promise<Outcome[]> {
  const queue = [...jobs]
  const outcomes: Outcome[] = []
  const serve = async (worker: number) => {
    for (let job = queue.shift(); job && !options.signal.aborted; job = queue.shift()) {
      options.onStart(job, worker)
      const outcome = { job, ...(await runOne(job, worker, options)) }
      outcomes.push(outcome)
      options.onEnd(outcome, worker)
    }
  }
  await Promise.all(Array.from({ length: options.workers }, (_, worker) => serve(worker)))
  return outcomes
}

/** Where a run's process writes what it has to say. */
export function logPath(out: string, job: Job): string {
  return join(out, job.run, 'worker.log')
}

async function runOne(job: Job, worker: number, options: PoolOptions): Promise<Exclude<Report, Progressing>> {
  let reached = 0
  for (let attempt = 1; ; attempt++) {
    const before = reached
    const note = (progress: Progress) => {
      reached = Math.max(reached, progress.epoch)
      options.onProgress(job, worker, progress)
    }
    const end = await runProcess(job, options, note)
    if (end.report) return end.report
    if (options.signal.aborted) return { type: 'interrupted', epochs: Math.max(0, reached - 1) }
    if (attempt > 1 && reached === before) return { type: 'failed', error: `its process died (${end.how})` }
  }
}
type Progressing = { type: 'progress' }

/** How a worker process ended: its last report, or how it died without one. */
interface End {
  report: Exclude<Report, Progressing> | null
  how: string
}

/** Runs a worker process to its end. */
function runProcess(
  job: Job,
  { signal, kill, order }: PoolOptions,
  onProgress: (progress: Progress) => void,
): Promise<End> {
  mkdirSync(join(order.folders.out, job.run), { recursive: true })
  const log = openSync(logPath(order.folders.out, job), 'a')
  const child = fork(join(import.meta.dirname, 'worker.ts'), { stdio: ['ignore', log, log, 'ipc'] })
  closeSync(log)
  child.send({ job, ...order } satisfies Order, () => {})
  const stop = () => child.kill('SIGTERM')
  const killNow = () => child.kill('SIGKILL')
  signal.addEventListener('abort', stop)
  kill.addEventListener('abort', killNow)
  const { promise, resolve } = Promise.withResolvers<End>()
  const end: End = { report: null, how: '' }
  // Its last report may come in after its exit, but not after the channel's end.
  let open = 2
  const close = () => {
    if (--open > 0) return
    signal.removeEventListener('abort', stop)
    kill.removeEventListener('abort', killNow)
    resolve(end)
  }
  child.on('message', (message: Report) => {
    if (message.type === 'progress') onProgress(message)
    else end.report = message
  })
  child.on('error', error => resolve({ report: { type: 'failed', error: error.message }, how: '' }))
  child.on('disconnect', close)
  child.on('exit', (code, by) => {
    end.how = by ?? `exit status ${code}`
    close()
  })
  return promise
}
