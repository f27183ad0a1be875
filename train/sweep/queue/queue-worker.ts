import { randomUUID } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Result } from '../../../models/paper/result.ts'
import type { Progress } from '../../fit/epoch.ts'
import type { Job } from '../plan/plan.ts'
import { logPath, type Outcome, runJobs } from '../pool/pool.ts'
import { loadResult, resultPath } from '../results/result-files.ts'
import type { CheckpointStore } from './checkpoint-store.ts'
import { createMatcher, type QueueMatcher } from './matching-queues.ts'
import type { Queue, QueuedJob } from './queue.ts'
import { isPaused } from './tables.ts'

/** Options of `runQueueWorker`. */
export interface QueueWorkerOptions {
  /** Number of runs at a time, one core each. */
  slots: number
  store: CheckpointStore
  /** Folder of the run directories on this machine. */
  out: string
  dataDir?: string
  /** Bytes that each run may take. */
  memoryPerRun: number
  /** End when the queue has no more runs that this worker can take. */
  drain: boolean
  /** Least seconds between two uploads of a run's checkpoint. */
  checkpointSeconds: number
  /** Aborting it stops the current runs after their steps, stores their checkpoints and returns them to the queue. */
  signal: AbortSignal
  onLine(line: string): void
}

const POLL_MS = 2_000
/**
 * Interval of heartbeats and progress reports, well below the 20 s after which a run without heartbeat is given away.
 */
const REPORT_MS = 4_000
/** Number of failures after which a run is parked. */
const MAX_FAILURES = 3
const LOG_CHARACTERS = 20_000
const CURVE_POINTS = 200

/** Takes runs from the queue and trains them until the signal aborts or, with `drain`, none is left. */
export async function runQueueWorker(queue: Queue, options: QueueWorkerOptions): Promise<void> {
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

interface TakenRun {
  queue: string
  id: string
  job: Job
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
  })
  await reporter.stop()
  if (lost.signal.aborted) return onLine(`${job.run}: cancelled, or taken over by another worker`)
  await conclude(queue, taken, outcome, directory, options)
}

/** Records how a run ended: with its result, returned to the queue, or parked. */
async function conclude(
  queue: Queue,
  taken: TakenRun,
  outcome: Outcome | undefined,
  directory: string,
  { store, out, signal, onLine }: QueueWorkerOptions,
): Promise<void> {
  const { job, id } = taken
  const tell = <T>(operation: () => Promise<T>) => persist(operation, signal)
  const log = async () => (await readFile(logPath(out, job), 'utf8').catch(() => '')).slice(-LOG_CHARACTERS)
  if (!outcome || outcome.type === 'interrupted' || outcome.type === 'held') {
    await store.save(id, directory).catch(() => {})
    await queue.sql(
      `UPDATE latent_edge.run SET state = 'queued', worker = NULL WHERE id = $1 AND state = 'running'`,
      [id],
    )
    await queue.boss.fail(taken.queue, id)
    return onLine(`${job.run}: given back`)
  }
  if (outcome.type === 'failed') {
    const [row] = await tell(() =>
      log().then(text =>
        queue.sql(
          `UPDATE latent_edge.run SET failures = failures + 1, log = $2, worker = NULL,
             state = CASE WHEN failures + 1 >= ${MAX_FAILURES} THEN 'parked' ELSE 'queued' END
           WHERE id = $1 RETURNING state`,
          [id, text || outcome.error],
        ),
      ),
    )
    await tell(() =>
      row?.state === 'parked' ? queue.boss.cancel(taken.queue, id) : queue.boss.fail(taken.queue, id),
    )
    return onLine(
      `${job.run}: failed${row?.state === 'parked' ? ' three times, parked' : ''}: ${outcome.error}`,
    )
  }
  const result = (await loadResult(resultPath(join(out, 'results'), job.run))) as Result
  await tell(() =>
    queue.sql(
      `UPDATE latent_edge.run SET state = 'finished', result = $2, share = 1, epoch = $3, finished_at = now(),
         updated_at = now() WHERE id = $1 AND result IS NULL`,
      [id, JSON.stringify(result), result.epochs],
    ),
  )
  await tell(() => queue.boss.complete(taken.queue, id))
  await store.remove(id).catch(() => {})
  onLine(`${job.run}: finished`)
}

/**
 * Repeats an operation on the database until it succeeds, so that a finished run is not lost while Postgres does not
 * answer. After the signal has aborted, an error is thrown: another worker then resumes the run from its last
 * checkpoint.
 */
async function persist<T>(operation: () => Promise<T>, signal: AbortSignal): Promise<T> {
  for (let wait = 500; ; wait = Math.min(2 * wait, 10_000)) {
    try {
      return await operation()
    } catch (error) {
      if (signal.aborted) throw error
      await sleep(wait, undefined, { signal }).catch(() => {})
    }
  }
}

/**
 * Sends heartbeats and progress of a run to the database, and its checkpoints to the store, both in the background.
 * Training never waits for either.
 */
function reportProgress(
  queue: Queue,
  { id, queue: name, job }: TakenRun,
  worker: string,
  directory: string,
  lost: AbortController,
  { store, checkpointSeconds, onLine }: QueueWorkerOptions,
): { progress(progress: Progress): void; stop(): Promise<void> } {
  const curve: [number, number][] = []
  let latest: Progress | null = null
  let stored = performance.now()
  let storing: Promise<void> | null = null
  const report = async () => {
    await queue.boss.touch(name, id)
    const {
      epoch = 1,
      epochs,
      step = 0,
      steps = 1,
      imagesPerSecond = null,
    } = latest ?? {
      epochs: job.configuration.optimization.epochs,
    }
    const rows = await queue.sql(
      `UPDATE latent_edge.run SET epoch = $3, share = $4, images_per_second = $5, curve = $6, updated_at = now()
       WHERE id = $1 AND worker = $2 AND state = 'running' RETURNING id`,
      [id, worker, epoch, (epoch - 1 + step / steps) / epochs, imagesPerSecond, JSON.stringify(thin(curve))],
    )
    if (rows.length === 0) lost.abort()
  }
  // Training continues without the database. If another worker takes over meanwhile, the first result counts.
  const timer = setInterval(() => report().catch(() => {}), REPORT_MS)
  report().catch(() => {})
  const storeCheckpoint = () => {
    if (storing || performance.now() - stored < 1000 * checkpointSeconds) return
    stored = performance.now()
    storing = store
      .save(id, directory)
      .catch((error: Error) => onLine(`${job.run}: the checkpoint was not stored (${error.message})`))
      .finally(() => {
        storing = null
      })
  }
  return {
    progress(progress) {
      if (latest && progress.epoch > latest.epoch) {
        curve.push([latest.epoch, latest.loss])
        storeCheckpoint()
      }
      latest = progress
    },
    async stop() {
      clearInterval(timer)
      await storing
    },
  }
}

/** A curve of at most 200 points, thinned evenly. */
function thin(curve: readonly [number, number][]): readonly [number, number][] {
  const step = Math.ceil(curve.length / CURVE_POINTS)
  return step <= 1 ? curve : curve.filter((_, i) => i % step === 0)
}
