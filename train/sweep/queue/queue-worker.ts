import { randomUUID } from 'node:crypto'
import { access, constants, mkdir } from 'node:fs/promises'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { runJobs } from '../pool/pool.ts'
import { concludeRun } from './conclude-run.ts'
import { createMatcher, type QueueMatcher } from './matching-queues.ts'
import type { Queue, QueuedJob } from './queue.ts'
import { REPORT_MS, reportProgress } from './report-progress.ts'
import { isPaused } from './tables.ts'
import type { QueueWorkerOptions, TakenRun } from './worker-options.ts'

/** Milliseconds between looks at a queue that has no run for this worker. */
const POLL_MS = 2_000

/**
 * Takes runs from the queue and trains them until the signal aborts or, with `drain`, none is left.
 *
 * @throws Error when the folder of the run directories cannot be written: every run taken would fail
 */
export async function runQueueWorker(queue: Queue, options: QueueWorkerOptions): Promise<void> {
  await mkdir(options.out, { recursive: true })
  await access(options.out, constants.W_OK)
  const id = `${hostname()}:${process.pid}:${randomUUID().slice(0, 4)}`
  const matcher = createMatcher(queue, options, options.onLine)
  const active = new Set<string>()
  const announce = () =>
    queue
      .sql(
        `INSERT INTO latent_edge.worker (id, slots, busy, message, seen_at) VALUES ($1, $2, $3, $4, now())
         ON CONFLICT (id) DO UPDATE SET busy = excluded.busy, message = excluded.message, seen_at = now()`,
        [id, options.slots, active.size, matcher.refusals().join('; ')],
      )
      .catch(() => {})
  const timer = setInterval(announce, REPORT_MS)
  try {
    await announce()
    await Promise.all(
      Array.from({ length: options.slots }, () => serveSlot(queue, matcher, id, active, options)),
    )
  } finally {
    clearInterval(timer)
    await queue.sql('DELETE FROM latent_edge.worker WHERE id = $1', [id]).catch(() => {})
  }
}

async function serveSlot(
  queue: Queue,
  matcher: QueueMatcher,
  worker: string,
  active: Set<string>,
  options: QueueWorkerOptions,
): Promise<void> {
  const { signal, drain, onLine } = options
  let isDown = false
  while (!signal.aborted) {
    try {
      const taken = await takeRun(queue, matcher)
      if (isDown) onLine('the queue answers again')
      isDown = false
      // After a long outage of the database, the queue may hand out a run that this process is still training.
      if (taken && !active.has(taken.id)) {
        active.add(taken.id)
        await trainTaken(queue, taken, worker, options).finally(() => active.delete(taken.id))
        continue
      }
      if (drain && !(await hasOpenRuns(queue, matcher))) return
    } catch (error) {
      if (!isDown) onLine(`the queue does not answer (${(error as Error).message}); trying again`)
      isDown = true
    }
    await sleep(POLL_MS, undefined, { signal }).catch(() => {})
  }
}

/** Takes the most urgent run that this worker can train; null if there is none or the queue is paused. */
async function takeRun(queue: Queue, matcher: QueueMatcher): Promise<TakenRun | null> {
  if (await isPaused(queue.sql)) return null
  for (const name of await matcher.queues()) {
    const [fetched] = await queue.boss.fetch<QueuedJob>(name, { batchSize: 1 })
    if (fetched) return { queue: name, id: fetched.id, job: fetched.data.job }
  }
  return null
}

async function hasOpenRuns({ sql }: Queue, matcher: QueueMatcher): Promise<boolean> {
  const rows = await sql(
    `SELECT 1 FROM latent_edge.run WHERE state IN ('queued', 'running') AND queue = ANY($1) LIMIT 1`,
    [await matcher.queues()],
  )
  return rows.length > 0
}

/** Trains a taken run from its last checkpoint, and reports how it ended. */
async function trainTaken(
  queue: Queue,
  taken: TakenRun,
  worker: string,
  options: QueueWorkerOptions,
): Promise<void> {
  const { job, id } = taken
  const { store, out, dataDir, signal, onLine } = options
  const directory = join(out, job.run)
  const claimed = await queue.sql(
    `UPDATE latent_edge.run SET state = 'running', worker = $2, started_at = coalesce(started_at, now()),
       updated_at = now() WHERE id = $1 AND state IN ('queued', 'running') AND result IS NULL RETURNING id`,
    [id, worker],
  )
  if (claimed.length === 0) {
    await queue.boss.complete(taken.queue, id)
    return
  }
  const from = await store.restore(id, directory).catch((error: Error) => {
    onLine(`${job.run}: the checkpoint cannot be read (${error.message}); going on from what is here`)
    return null
  })
  onLine(`${job.run}: ${from ? `from epoch ${from}` : 'from the start'}`)
  const lost = new AbortController()
  const reporter = reportProgress(queue, taken, worker, directory, lost, options)
  const folders = { out, results: join(out, 'results') }
  const [outcome] = await runJobs([job], {
    order: { folders, dataDir, discardState: false, overwrite: true },
    workers: 1,
    signal: AbortSignal.any([signal, lost.signal]),
    kill: new AbortController().signal,
    onStart: () => {},
    onProgress: (_, __, progress) => reporter.progress(progress),
    onEnd: () => {},
  }).finally(() => reporter.stop())
  if (lost.signal.aborted) return onLine(`${job.run}: cancelled, or taken over by another worker`)
  await concludeRun(queue, taken, outcome, directory, options)
}
