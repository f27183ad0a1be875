import type { PgBoss } from 'pg-boss'
import { z } from 'zod'
import { Result } from '../../../models/paper/result.ts'

/** State of a run in the queue. A parked run has failed three times and waits for `retry`. */
export const RunState = z.enum(['queued', 'running', 'finished', 'parked', 'cancelled'])
export type RunState = z.infer<typeof RunState>

const Timestamp = z.date().nullable()

/** A row of the project's own table of runs; pg-boss decides which worker may train it. */
export const QueuedRun = z.object({
  id: z.string(),
  sweep: z.string(),
  run: z.string(),
  model: z.string(),
  fold: z.int(),
  queue: z.string(),
  state: RunState,
  priority: z.int(),
  worker: z.string().nullable(),
  epoch: z.int(),
  epochs: z.int(),
  /** Share of the epochs done, 0 to 1. */
  share: z.number(),
  /** In the unit of `jobCost`. */
  cost: z.number(),
  images_per_second: z.number().nullable(),
  /** [epoch, mean training loss in nats per image]. */
  curve: z.array(z.tuple([z.number(), z.number()])),
  failures: z.int(),
  log: z.string().nullable(),
  result: Result.nullable(),
  started_at: Timestamp,
  updated_at: Timestamp,
  finished_at: Timestamp,
})
export type QueuedRun = z.infer<typeof QueuedRun>

/** A row of the table of workers. */
export const QueueWorkerRow = z.object({
  id: z.string(),
  slots: z.int(),
  busy: z.int(),
  /** Reason why it leaves runs to others; '' if it takes all. */
  message: z.string(),
  seconds_ago: z.coerce.number(),
})
export type QueueWorkerRow = z.infer<typeof QueueWorkerRow>

/** Runs SQL on the queue's database, with `values` for $1, $2, … */
export type Sql = (text: string, values?: unknown[]) => Promise<Record<string, unknown>[]>

/** SQL over the connections of pg-boss. */
export function sqlOf(boss: PgBoss): Sql {
  return async (text, values) => (await boss.getDb().executeSql(text, values)).rows
}

/**
 * Number of the advisory lock under which one process at a time creates the tables. Any number not used by other
 * programs.
 */
const LOCK = 7_340_115_822

/** Creates the tables where they are missing. */
export async function createTables(sql: Sql): Promise<void> {
  await sql(`
    BEGIN;
    SELECT pg_advisory_xact_lock(${LOCK});
    CREATE SCHEMA IF NOT EXISTS latent_edge;
    CREATE TABLE IF NOT EXISTS latent_edge.run (
      id uuid PRIMARY KEY,
      sweep text NOT NULL,
      run text NOT NULL,
      model text NOT NULL,
      fold int NOT NULL,
      queue text NOT NULL,
      state text NOT NULL DEFAULT 'queued',
      priority int NOT NULL,
      job jsonb NOT NULL,
      cost double precision NOT NULL,
      worker text,
      epoch int NOT NULL DEFAULT 0,
      epochs int NOT NULL,
      share double precision NOT NULL DEFAULT 0,
      images_per_second double precision,
      curve jsonb NOT NULL DEFAULT '[]',
      failures int NOT NULL DEFAULT 0,
      log text,
      result jsonb,
      started_at timestamptz,
      updated_at timestamptz,
      finished_at timestamptz
    );
    CREATE TABLE IF NOT EXISTS latent_edge.worker (
      id text PRIMARY KEY,
      slots int NOT NULL,
      busy int NOT NULL,
      message text NOT NULL,
      seen_at timestamptz NOT NULL
    );
    CREATE TABLE IF NOT EXISTS latent_edge.setting (key text PRIMARY KEY, value jsonb NOT NULL);
    COMMIT;`)
}

const COLUMNS = Object.keys(QueuedRun.shape).join(', ')

/** The runs of the queue, in the order in which they are taken. */
export async function listRuns(sql: Sql, sweep?: string): Promise<QueuedRun[]> {
  const rows = await sql(
    `SELECT ${COLUMNS} FROM latent_edge.run WHERE $1::text IS NULL OR sweep = $1 ORDER BY priority DESC, run`,
    [sweep ?? null],
  )
  return QueuedRun.array().parse(rows)
}

/** Workers seen within the last hour, the latest first. */
export async function listWorkers(sql: Sql): Promise<QueueWorkerRow[]> {
  return QueueWorkerRow.array().parse(
    await sql(
      `SELECT id, slots, busy, message, extract(epoch FROM now() - seen_at) AS seconds_ago
       FROM latent_edge.worker WHERE seen_at > now() - interval '1 hour' ORDER BY seen_at DESC`,
    ),
  )
}

/** Whether the queue is paused: workers then take no runs. */
export async function isPaused(sql: Sql): Promise<boolean> {
  const [row] = await sql(`SELECT value FROM latent_edge.setting WHERE key = 'paused'`)
  return row?.value === true
}

/** Pauses or resumes the queue. */
export async function setPaused(sql: Sql, paused: boolean): Promise<void> {
  await sql(
    `INSERT INTO latent_edge.setting (key, value) VALUES ('paused', $1::jsonb)
     ON CONFLICT (key) DO UPDATE SET value = excluded.value`,
    [JSON.stringify(paused)],
  )
}
