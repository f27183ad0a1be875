import { fork } from 'node:child_process'
import { closeSync, mkdirSync, openSync } from 'node:fs'
import { join } from 'node:path'
import type { Progress } from '../../fit/epoch.ts'
import type { Job } from '../plan/plan.ts'
import type { WorkerMessage, WorkerOrder } from './worker.ts'

/** How a run ended in this sweep. */
export type Outcome = Exclude<WorkerMessage, { type: 'progress' }> & { job: Job }

/** Options of `runJobs`. */
export interface PoolOptions {
  /** The part of a worker's order that is the same for every run. */
  order: Omit<WorkerOrder, 'job'>
  workers: number
  /** Aborting it starts no further run and stops the current ones after their steps. */
  signal: AbortSignal
  /** Aborting it kills the workers. */
  kill: AbortSignal
  onStart(job: Job, worker: number): void
  onProgress(job: Job, worker: number, progress: Progress): void
  onEnd(outcome: Outcome, worker: number): void
}

/**
 * Trains runs in order, several at a time, each in a process of its own. A failed run does not stop the others; a run whose
 * folder cannot be written is one. A run whose process died is resumed from its checkpoint, as often as it makes progress.
 *
 * @returns how each run ended, in the order in which they ended; without runs that were never started
 */
export async function runJobs(jobs: Job[], options: PoolOptions): Promise<Outcome[]> {
  const queue = [...jobs]
  const outcomes: Outcome[] = []
  const serve = async (worker: number) => {
    for (let job = queue.shift(); job && !options.signal.aborted; job = queue.shift()) {
      options.onStart(job, worker)
      const end = await runOne(job, worker, options).catch((error: Error) => ({
        type: 'failed' as const,
        error: error.message,
      }))
      const outcome = { job, ...end }
      outcomes.push(outcome)
      options.onEnd(outcome, worker)
    }
  }
  await Promise.all(Array.from({ length: options.workers }, (_, worker) => serve(worker)))
  return outcomes
}

/** The log file of a run's process. */
export function logPath(out: string, job: Job): string {
  return join(out, job.run, 'worker.log')
}

async function runOne(
  job: Job,
  worker: number,
  options: PoolOptions,
): Promise<Exclude<WorkerMessage, Progressing>> {
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
  report: Exclude<WorkerMessage, Progressing> | null
  how: string
}

/** Trains one run in a worker process. */
function runProcess(
  job: Job,
  { signal, kill, order }: PoolOptions,
  onProgress: (progress: Progress) => void,
): Promise<End> {
  mkdirSync(join(order.folders.out, job.run), { recursive: true })
  const log = openSync(logPath(order.folders.out, job), 'a')
  const child = fork(join(import.meta.dirname, 'worker.ts'), { stdio: ['ignore', log, log, 'ipc'] })
  closeSync(log)
  child.send({ job, ...order } satisfies WorkerOrder, () => {})
  const stop = () => child.kill('SIGTERM')
  const killNow = () => child.kill('SIGKILL')
  signal.addEventListener('abort', stop)
  kill.addEventListener('abort', killNow)
  const { promise, resolve } = Promise.withResolvers<End>()
  const end: End = { report: null, how: '' }
  // The last message may come after the exit event, but not after the disconnect event.
  let open = 2
  const close = () => {
    if (--open > 0) return
    signal.removeEventListener('abort', stop)
    kill.removeEventListener('abort', killNow)
    resolve(end)
  }
  child.on('message', (message: WorkerMessage) => {
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
