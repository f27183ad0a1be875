import { createHash } from 'node:crypto'
import { PgBoss } from 'pg-boss'
import { networkBytes } from '../../fit/require-trainable.ts'
import { type Job, jobCost } from '../plan/plan.ts'
import { createTables, type Sql, sqlOf } from './tables.ts'

/**
 * Version of the training code. Raise it when the same configuration gives other weights or the form of a job changes:
 * workers take only jobs of their own version.
 */
export const CODE_VERSION = 1

/**
 * Options that pg-boss passes to node-postgres. A query whose packets are dropped gets no error, so it has a timeout.
 */
const POOL = { query_timeout: 30_000, keepAlive: true }

/** pg-boss on one database, and this project's own tables beside it. */
export interface Queue {
  boss: PgBoss
  sql: Sql
  close(): Promise<void>
}

/** A job as pg-boss carries it. */
export interface QueuedJob {
  job: Job
}

/**
 * Seconds without a heartbeat after which a run counts as abandoned; the next pass of pg-boss's monitor gives it to
 * another worker.
 */
const HEARTBEAT_SECONDS = 20
const MONITOR_SECONDS = 5
/** The longest time that pg-boss allows. */
const EXPIRE_SECONDS = 24 * 3600
/**
 * pg-boss counts deaths of workers as retries, which are not limited here; failures of the training are counted in the
 * run's own row.
 */
const RETRY_LIMIT = 1_000_000

/**
 * Opens the queue of a Postgres database, and creates its tables if missing.
 *
 * @param url postgres://user:password@host:port/database
 * @param onError called with background errors, such as a lost connection; pg-boss reconnects by itself
 * @throws Error when the database does not answer
 */
export async function openQueue(url: string, onError: (error: Error) => void): Promise<Queue> {
  const boss = new PgBoss({
    connectionString: url,
    max: 4,
    connectionTimeoutMillis: 10_000,
    ...POOL,
    superviseIntervalSeconds: MONITOR_SECONDS,
    monitorIntervalSeconds: MONITOR_SECONDS,
    schedule: false,
  })
  boss.on('error', onError)
  try {
    await boss.start()
    const sql = sqlOf(boss)
    await createTables(sql)
    return { boss, sql, close: () => boss.stop({ graceful: false }) }
  } catch (cause) {
    await boss.stop({ graceful: false }).catch(() => {})
    throw new Error(`--queue: ${withoutPassword(url)} does not answer: ${messageOf(cause)}`, { cause })
  }
}

function messageOf(cause: unknown): string {
  const { message, code, errors } = cause as { message?: string; code?: string; errors?: Error[] }
  return message || code || errors?.[0]?.message || String(cause)
}

/** A URL without its passwords. A password may contain any character: the last @ ends it. */
function withoutPassword(url: string): string {
  const shown = url.replace(/(password=)[^&]*/gi, '$1…')
  const [start, end] = [shown.indexOf(':', shown.indexOf('://') + 3), shown.lastIndexOf('@')]
  return start >= 0 && start < end ? `${shown.slice(0, start)}:…${shown.slice(end)}` : shown
}

/** Bytes of a training process without its data: code, runtimes and their buffers. */
const PROCESS_BYTES = 250e6
/** Bytes of memory for a pixel: images are kept as bytes and as float32. */
const PIXEL_BYTES = 5
/** Images in memory for each training image of a fold: validation and test images are loaded too. */
const ALL_IMAGES = 1.35

/** Memory that a job's process takes at most, in GiB, rounded up to a power of two. */
export function memoryClass({ configuration, images }: Job): number {
  const pixels = ALL_IMAGES * images * configuration.architecture.inputDim
  const bytes = PROCESS_BYTES + PIXEL_BYTES * pixels + networkBytes(configuration)
  return 2 ** Math.max(0, Math.ceil(Math.log2(bytes / 2 ** 30)))
}

/**
 * Name of the pg-boss queue of a job: one for each code version, content of the data set, device and memory, so that a
 * worker takes only what it can train, and to the same weights.
 *
 * @param sha256 of the data set's pixels
 */
export function queueName(job: Job, sha256: string): string {
  const { data, device } = job.configuration
  const name = data.name.replace(/[^\w.-]/g, '_').slice(-60)
  return `sweep-v${CODE_VERSION}-${device}-${memoryClass(job)}g-${name}-${data.split}${data.splitSeed}-${sha256.slice(0, 12)}`
}

/** Parses the name of a queue. */
export function parseQueueName(
  name: string,
): { version: number; device: string; gigabytes: number; data: string; sha256: string } | null {
  const groups =
    /^sweep-v(?<version>\d+)-(?<device>[a-z]+)-(?<gigabytes>\d+)g-(?<data>.+)-(?<sha256>[0-9a-f]{12})$/.exec(
      name,
    )?.groups
  return groups
    ? {
        version: Number(groups.version),
        device: groups.device,
        gigabytes: Number(groups.gigabytes),
        data: groups.data,
        sha256: groups.sha256,
      }
    : null
}

/** The id of a run: a UUID of version 8, hashed from its settings, so that the same run is queued once. */
export function jobId(queue: string, { run, configuration }: Job): string {
  const hash = createHash('sha256')
    .update(JSON.stringify([queue, run, configuration]))
    .digest('hex')
  return [
    hash.slice(0, 8),
    hash.slice(8, 12),
    `8${hash.slice(13, 16)}`,
    `8${hash.slice(17, 20)}`,
    hash.slice(20, 32),
  ].join('-')
}

/**
 * Priority of a run: first folds first and among them costly runs first, as in a sweep on one machine.
 *
 * @param urgency above 0 ahead of other sweeps, below 0 behind them, −9 to 9
 */
export function priorityOf(job: Job, urgency: number): number {
  const fold = 99 - Math.min(99, job.configuration.data.fold)
  const cost = Math.min(999_999, Math.round(jobCost(job) / 1e8))
  return urgency * 100_000_000 + fold * 1_000_000 + cost
}

/**
 * Adds the jobs that the queue does not have yet, in any state.
 *
 * @param sha256Of the content of a job's data set
 * @returns how many were added
 */
export async function enqueueJobs(
  { boss, sql }: Queue,
  sweep: string,
  jobs: readonly Job[],
  sha256Of: (job: Job) => string,
  urgency: number,
): Promise<number> {
  let added = 0
  const queues = new Set<string>()
  for (const job of jobs) {
    const queue = queueName(job, sha256Of(job))
    if (!queues.has(queue)) await createQueue(boss, queue)
    queues.add(queue)
    const id = jobId(queue, job)
    const priority = priorityOf(job, urgency)
    const { data, optimization } = job.configuration
    const rows = await sql(
      `INSERT INTO latent_edge.run (id, sweep, run, model, fold, queue, priority, job, cost, epochs)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) ON CONFLICT (id) DO NOTHING RETURNING id`,
      [
        id,
        sweep,
        job.run,
        job.name,
        data.fold,
        queue,
        priority,
        JSON.stringify(job),
        jobCost(job),
        optimization.epochs,
      ],
    )
    added += rows.length
    // Insert again for existing rows: an earlier attempt may have ended between the two inserts. pg-boss ignores
    // known ids.
    await boss.insert(queue, [{ id, data: { job } satisfies QueuedJob, priority }])
  }
  return added
}

async function createQueue(boss: PgBoss, name: string): Promise<void> {
  await boss.createQueue(name, {
    policy: 'standard',
    retryLimit: RETRY_LIMIT,
    retryDelay: 1,
    heartbeatSeconds: HEARTBEAT_SECONDS,
    expireInSeconds: EXPIRE_SECONDS,
    // The longest time allowed: a queued run stays until it is trained.
    retentionSeconds: 365 * 24 * 3600,
    deleteAfterSeconds: 0,
  })
}
