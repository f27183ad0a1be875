import { matches } from '../plan/pattern.ts'
import type { Queue } from './queue.ts'
import { listRuns, type QueuedRun } from './tables.ts'

/** Finds the runs whose model, run or sweep name matches one of the patterns, in which `*` stands for any text. */
export async function matchingRuns({ sql }: Queue, patterns: readonly string[]): Promise<QueuedRun[]> {
  const runs = await listRuns(sql)
  return runs.filter(run =>
    patterns.some(pattern => [run.run, run.model, run.sweep].some(name => matches(pattern, name))),
  )
}

/** Cancels runs that are not finished. Workers stop those under way within seconds; their checkpoints stay. */
export async function cancelRuns(queue: Queue, runs: readonly QueuedRun[]): Promise<QueuedRun[]> {
  const open = runs.filter(({ state }) => state === 'queued' || state === 'running' || state === 'parked')
  for (const { id, queue: name } of open) {
    await queue.sql(`UPDATE latent_edge.run SET state = 'cancelled' WHERE id = $1 AND state <> 'finished'`, [
      id,
    ])
    await queue.boss.cancel(name, id)
  }
  return open
}

/** Puts parked and cancelled runs back into the queue, with no failures counted. */
export async function retryRuns(queue: Queue, runs: readonly QueuedRun[]): Promise<QueuedRun[]> {
  const closed = runs.filter(({ state }) => state === 'parked' || state === 'cancelled')
  for (const { id, queue: name } of closed) {
    await queue.sql(
      `UPDATE latent_edge.run SET state = 'queued', failures = 0, worker = NULL WHERE id = $1`,
      [id],
    )
    await queue.boss.resume(name, id)
  }
  return closed
}

/** Sets the urgency of queued runs: above 0 ahead of other runs, below 0 behind them, −9 to 9. */
export async function setUrgency(
  queue: Queue,
  runs: readonly QueuedRun[],
  urgency: number,
): Promise<QueuedRun[]> {
  const open = runs.filter(({ state }) => state === 'queued')
  for (const run of open) {
    const within = ((run.priority % 100_000_000) + 100_000_000) % 100_000_000
    const priority = urgency * 100_000_000 + within
    await queue.sql(`UPDATE latent_edge.run SET priority = $2 WHERE id = $1`, [run.id, priority])
    await queue.boss.update(run.queue, undefined, { id: run.id, priority })
  }
  return open
}
