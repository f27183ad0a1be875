import type { Progress } from '../../fit/epoch.ts'
import type { Queue } from './queue.ts'
import type { QueueWorkerOptions, TakenRun } from './worker-options.ts'

/**
 * Milliseconds between heartbeats and progress reports, well below the 20 s after which a run without a heartbeat is
 * given to another worker.
 */
export const REPORT_MS = 4_000
/** Points of the loss curve that are reported. */
const CURVE_POINTS = 200

/**
 * Sends heartbeats and progress of a run to the database, and its checkpoints to the store, both in the background.
 * Training never waits for either.
 *
 * @param lost aborted when the run was cancelled, or another worker has taken it over
 */
export function reportProgress(
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
