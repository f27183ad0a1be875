import { hashPixels } from '../../data/identity.ts'
import { loadDataset } from '../../data/load-dataset.ts'
import type { Job } from '../plan/plan.ts'
import { type Folders, statusOf } from '../pool/run-status.ts'
import { enqueueJobs } from './queue.ts'
import { withQueue } from './with-queue.ts'

/**
 * Adds the runs of a sweep to a queue, except those with a result in the results folder.
 *
 * @param urgency above 0 ahead of other sweeps, below 0 behind them
 */
export async function enqueueSweep(
  url: string,
  sweep: string,
  jobs: readonly Job[],
  { folders, dataDir, urgency }: { folders: Folders; dataDir?: string; urgency: number },
): Promise<void> {
  const open: Job[] = []
  for (const job of jobs) if ((await statusOf(job, folders)).state !== 'recorded') open.push(job)
  const hashes = new Map<string, string>()
  const keyOf = ({ configuration: { data } }: Job) => `${data.name} ${data.split} ${data.splitSeed}`
  for (const job of open) {
    if (hashes.has(keyOf(job))) continue
    const { name, split, splitSeed } = job.configuration.data
    hashes.set(keyOf(job), hashPixels(await loadDataset(name, { dataDir, split, splitSeed })))
  }
  await withQueue(url, async queue => {
    const added = await enqueueJobs(queue, sweep, open, job => hashes.get(keyOf(job))!, urgency)
    console.log(
      `${sweep}: ${jobs.length} runs, ${jobs.length - open.length} with results, ${open.length - added} queued before, ${added} added`,
    )
  })
}
