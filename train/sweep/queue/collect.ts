import { existsSync } from 'node:fs'
import { resultPath, saveResult } from '../results/result-files.ts'
import type { QueuedRun } from './tables.ts'

/**
 * Writes the results of finished runs into a folder, except those that are already there.
 *
 * @returns the runs whose results were written
 */
export async function collectResults(runs: readonly QueuedRun[], folder: string): Promise<QueuedRun[]> {
  const written: QueuedRun[] = []
  for (const run of runs) {
    if (!run.result || existsSync(resultPath(folder, run.run))) continue
    await saveResult(folder, run.result)
    written.push(run)
  }
  return written
}
