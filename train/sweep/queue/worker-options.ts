import type { Job } from '../plan/plan.ts'
import type { CheckpointStore } from './checkpoint-store.ts'

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

/** A run that this worker has taken from a queue of pg-boss. */
export interface TakenRun {
  queue: string
  id: string
  job: Job
}
