import type { MadeRun } from '../exported-run.ts'
import { runJob } from '../worker-job.ts'

/** The zip of a made run, as `zipRun` makes it, made in a worker: its checksums take a while on a phone. */
export function zipInWorker(made: MadeRun): Promise<Blob> {
  return runJob<MadeRun, Blob>(
    new Worker(new URL('./zip-run.worker.ts', import.meta.url), { type: 'module' }),
    made,
    'The part of the page that makes zips could not be started.',
  )
}
