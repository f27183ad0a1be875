import { hashPixels } from '../../data/identity.ts'
import { loadDataset } from '../../data/load-dataset.ts'
import type { Job } from '../plan/plan.ts'
import { CODE_VERSION, memoryClass, parseQueueName, type Queue, queueName } from './queue.ts'

/** Finds the queues whose runs this machine can train. */
export interface QueueMatcher {
  /** Names of the queues, the one with the most urgent run first. */
  queues(): Promise<string[]>
  /** Reasons why this machine cannot serve the other queues, a line each. */
  refusals(): string[]
}

/** What a worker's machine offers to its runs. */
export interface Machine {
  /** Folder that has the data sets, beside the usual places. */
  dataDir?: string
  /** Bytes that each run may take. */
  memoryPerRun: number
}

/**
 * Creates a matcher that hashes each data set once, and reports each queue that this machine cannot serve once.
 *
 * @param onLine called with the reason when a queue is left to other workers
 */
export function createMatcher(
  { sql }: Queue,
  machine: Machine,
  onLine: (line: string) => void,
): QueueMatcher {
  const verdicts = new Map<string, string | null>()
  const refusalFor = async (name: string, job: Job) => {
    const known = verdicts.get(name)
    if (known !== undefined) return known
    const verdict = await refusalOf(name, job, machine)
    verdicts.set(name, verdict)
    if (verdict) onLine(verdict)
    return verdict
  }
  return {
    async queues() {
      // Any job of a queue names the data set to hash: all jobs of a queue have the same.
      const rows = await sql(
        `SELECT queue, max(priority) AS urgency, (array_agg(job))[1] AS job FROM latent_edge.run
         WHERE state IN ('queued', 'running') GROUP BY queue ORDER BY urgency DESC`,
      )
      const matching: string[] = []
      for (const { queue, job } of rows as unknown as { queue: string; job: Job }[]) {
        if ((await refusalFor(queue, job)) === null) matching.push(queue)
      }
      return matching
    },
    refusals: () => [...verdicts.values()].filter(verdict => verdict !== null),
  }
}

/** Why this machine cannot train the runs of a queue; null if it can. */
async function refusalOf(name: string, job: Job, { dataDir, memoryPerRun }: Machine): Promise<string | null> {
  const parts = parseQueueName(name)
  const version = parts?.version ?? Number(/^sweep-v(\d+)-/.exec(name)?.[1])
  if (version !== CODE_VERSION) {
    const newer = version > CODE_VERSION
    return (
      `runs of code version ${version} are left to other workers: this one has version ${CODE_VERSION}` +
      (newer ? '. Update it to take them' : '')
    )
  }
  const { data, device } = job.configuration
  if (device !== 'cpu') return `runs on ${device} are left to other workers: this one trains on the CPU`
  const needed = memoryClass(job)
  if (needed * 2 ** 30 > memoryPerRun) {
    const has = (memoryPerRun / 2 ** 30).toFixed(1)
    return `runs that may take ${needed} GiB are left to other workers: this one has ${has} GiB for each of its runs (--memory, --workers)`
  }
  const { name: set, split, splitSeed } = data
  try {
    const here = hashPixels(await loadDataset(set, { dataDir, split, splitSeed }))
    if (queueName(job, here) === name) return null
    return `runs on ${set} are left to other workers: expected pixels with SHA-256 ${parts?.sha256}, got ${here.slice(0, 12)}`
  } catch (error) {
    return `runs on ${set} are left to other workers: ${(error as Error).message.split('\n')[0]}`
  }
}
