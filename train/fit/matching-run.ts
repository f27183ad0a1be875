import type { Configuration } from '../step/configuration.ts'
import type { Run } from '../step/run/record.ts'
import { configurationDifferences } from './configuration-differences.ts'
import { loadRun } from './run.ts'

/**
 * The run in a directory, if it is one with these settings; null where there is none.
 *
 * @throws Error with a line for each setting that differs
 */
export async function findMatchingRun(directory: string, configuration: Configuration): Promise<Run | null> {
  const run = await loadRun(directory)
  if (!run) return null
  const differing = configurationDifferences(run.configuration, configuration)
  if (differing.length === 0) return run
  throw new Error(`${directory}: there is a run with other settings:\n  ${differing.join('\n  ')}`)
}
