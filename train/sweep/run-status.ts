import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import { loadRun, runFiles } from '../fit/run.ts'
import type { Configuration } from '../step/configuration.ts'
import type { Job } from './plan.ts'
import { isDone, loadResult, resultPath } from './record.ts'

/** How far a run of a sweep is. */
export type Standing =
  | { state: 'recorded' }
  /** Trained to its end, but its result is not written yet. */
  | { state: 'unrecorded' }
  /** To be continued after that many epochs. */
  | { state: 'begun'; epochs: number }
  | { state: 'new' }
  | { state: 'failed'; error: string; epochs: number }
  /** There is a run of that name with other settings. */
  | { state: 'clash'; where: string; differences: string[] }

/** The folders of a sweep. */
export interface Folders {
  /** Has a run directory for each run. */
  out: string
  /** Has a result file for each finished run. */
  results: string
}

/** How far a run is, by its result and its run directory. */
export async function standingOf(job: Job, { out, results }: Folders): Promise<Standing> {
  const where = resultPath(results, job.run)
  const result = await loadResult(where)
  const recorded = result && differences(result.configuration, job.configuration)
  if (recorded?.length === 0) return { state: 'recorded' }
  if (recorded) return { state: 'clash', where, differences: recorded }
  const directory = join(out, job.run)
  const run = await loadRun(directory)
  if (!run) return { state: 'new' }
  const other = differences(run.configuration, job.configuration)
  if (other.length > 0) return { state: 'clash', where: directory, differences: other }
  if (isDone(run)) return { state: 'unrecorded' }
  if (run.status === 'failed') return { state: 'failed', error: run.error ?? '', epochs: run.epochs }
  return existsSync(runFiles(directory).checkpoint)
    ? { state: 'begun', epochs: run.epochs }
    : { state: 'new' }
}

/** The settings in which two configurations differ, each with both values. */
function differences(before: object, now: Configuration): string[] {
  const flat = (value: object, path = ''): [string, unknown][] =>
    Object.entries(value).flatMap(([key, leaf]) =>
      leaf && typeof leaf === 'object' && !Array.isArray(leaf)
        ? flat(leaf, `${path}${key}.`)
        : [[`${path}${key}`, leaf] as [string, unknown]],
    )
  const asked = new Map(flat(now))
  const had = new Map(flat(before))
  return [...new Set([...had.keys(), ...asked.keys()])]
    .filter(path => !isDeepStrictEqual(had.get(path), asked.get(path)))
    .map(
      path => `${path} ${JSON.stringify(had.get(path))} there, ${JSON.stringify(asked.get(path))} asked for`,
    )
}
