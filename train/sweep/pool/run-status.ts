import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { configurationDifferences } from '../../fit/configuration-differences.ts'
import { loadRun, runFiles } from '../../fit/run.ts'
import type { Job } from '../plan/plan.ts'
import { isDone, loadResult, resultPath } from '../results/result-files.ts'

/** The state of a run of a sweep. */
export type RunStatus =
  | { state: 'recorded' }
  /** Training is finished, but the result is not written yet. */
  | { state: 'unrecorded' }
  /** Training can be resumed after that many epochs. */
  | { state: 'begun'; epochs: number }
  | { state: 'new' }
  | { state: 'failed'; error: string; epochs: number }
  /** A run of the same name has other settings. */
  | { state: 'clash'; where: string; differences: string[] }

/** The folders of a sweep. */
export interface Folders {
  /** Contains a run directory for each run. */
  out: string
  /** Contains a result file for each finished run. */
  results: string
}

/** The state of a run, from its result and its run directory. */
export async function statusOf(job: Job, { out, results }: Folders): Promise<RunStatus> {
  const where = resultPath(results, job.run)
  const result = await loadResult(where)
  const recorded = result && configurationDifferences(result.configuration, job.configuration)
  if (recorded?.length === 0) return { state: 'recorded' }
  if (recorded) return { state: 'clash', where, differences: recorded }
  const directory = join(out, job.run)
  const run = await loadRun(directory)
  if (!run) return { state: 'new' }
  const other = configurationDifferences(run.configuration, job.configuration)
  if (other.length > 0) return { state: 'clash', where: directory, differences: other }
  if (isDone(run)) return { state: 'unrecorded' }
  if (run.status === 'failed') return { state: 'failed', error: run.error ?? '', epochs: run.epochs }
  return existsSync(runFiles(directory).checkpoint)
    ? { state: 'begun', epochs: run.epochs }
    : { state: 'new' }
}
