import { duration } from '../../fit/display.ts'
import { isPaused, listRuns, listWorkers, type QueuedRun, type QueueWorkerRow, type Sql } from './tables.ts'

/** Seconds after its last report when a worker counts as gone. */
const ALIVE_SECONDS = 30

/** The state of a queue. */
export interface QueueStatus {
  paused: boolean
  runs: QueuedRun[]
  workers: QueueWorkerRow[]
  counts: Record<QueuedRun['state'], number>
  /** Images a second over all current runs. */
  imagesPerSecond: number
  /** Seconds until all runs are done, from the speed of the finished ones; null before one has finished. */
  secondsLeft: number | null
}

/** Reads the state of a queue, of one sweep or of all. */
export async function readStatus(sql: Sql, sweep?: string): Promise<QueueStatus> {
  const [runs, all, paused] = [await listRuns(sql, sweep), await listWorkers(sql), await isPaused(sql)]
  const workers = all.filter(({ seconds_ago }) => seconds_ago < ALIVE_SECONDS)
  const counts = { queued: 0, running: 0, finished: 0, parked: 0, cancelled: 0 }
  for (const { state } of runs) counts[state]++
  const running = runs.filter(({ state }) => state === 'running')
  return {
    paused,
    runs,
    workers,
    counts,
    imagesPerSecond: running.reduce((sum, run) => sum + (run.images_per_second ?? 0), 0),
    secondsLeft: secondsLeft(runs, workers),
  }
}

/** The cost of the open runs divided by the rate at which the finished ones were trained and the number of slots. */
function secondsLeft(runs: readonly QueuedRun[], workers: readonly QueueWorkerRow[]): number | null {
  const done = runs.filter(run => run.result && run.result.seconds > 0)
  const cost = done.reduce((sum, run) => sum + run.cost, 0)
  const seconds = done.reduce((sum, run) => sum + run.result!.seconds, 0)
  const slots = workers.reduce((sum, worker) => sum + worker.slots, 0)
  if (cost === 0 || slots === 0) return null
  const open = runs.filter(({ state }) => state === 'queued' || state === 'running')
  const left = open.reduce((sum, run) => sum + run.cost * (1 - run.share), 0)
  return left / (cost / seconds) / slots
}

/** Formats the state of a queue for a terminal. */
export function formatStatus(status: QueueStatus): string {
  const { runs, workers, counts, imagesPerSecond, secondsLeft, paused } = status
  const total = Object.entries(counts).filter(([, count]) => count > 0)
  const left = secondsLeft === null ? '' : `, about ${duration(secondsLeft)} left`
  const open = runs.filter(({ state }) => state === 'running')
  const parked = runs.filter(({ state }) => state === 'parked')
  const width = Math.max(0, ...[...open, ...parked].map(run => run.run.length))
  return [
    `${runs.length} runs: ${total.map(([state, count]) => `${count} ${state}`).join(', ') || 'none'}${left}${paused ? ' (paused)' : ''}`,
    `${workers.length} workers, ${Math.round(imagesPerSecond).toLocaleString('en')} images/s`,
    ...workers.map(
      ({ id, busy, slots, message }) => `  ${id}  ${busy}/${slots} busy${message ? `; ${message}` : ''}`,
    ),
    ...open.map(
      run =>
        `  ${run.run.padEnd(width)}  epoch ${run.epoch}/${run.epochs}  ${Math.round(100 * run.share)}%  ` +
        `${Math.round(run.images_per_second ?? 0).toLocaleString('en')}/s  ${run.worker ?? ''}`,
    ),
    ...parked.flatMap(run => [
      `  ${run.run.padEnd(width)}  parked after ${run.failures} failures:`,
      ...(run.log ?? '')
        .trim()
        .split('\n')
        .slice(-5)
        .map(line => `      ${line}`),
    ]),
  ].join('\n')
}
