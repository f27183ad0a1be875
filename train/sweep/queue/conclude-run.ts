import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Result } from '../../../models/paper/result.ts'
import { logPath, type Outcome } from '../pool/pool.ts'
import { loadResult, resultPath } from '../results/result-files.ts'
import type { Queue } from './queue.ts'
import type { QueueWorkerOptions, TakenRun } from './worker-options.ts'

/** Number of failures after which a run is parked. */
const MAX_FAILURES = 3
/** Characters kept of the end of a failed run's log. */
const LOG_CHARACTERS = 20_000

/** Records how a run ended: with its result, returned to the queue, or parked. */
export async function concludeRun(
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
