import type { ExportedRun } from '../exported-run.ts'
import { runJob } from '../worker-job.ts'

/** Makes the zip of an exported run in a worker, because its checksums take a while on a phone. */
export function zipInWorker(exported: ExportedRun): Promise<Blob> {
  return runJob<ExportedRun, Blob>(
    new Worker(new URL('./zip-run.worker.ts', import.meta.url), { type: 'module' }),
    exported,
    'The part of the page that makes zips could not be started.',
  )
}
