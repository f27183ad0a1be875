import { costRate, secondsLeft, type Work } from './cost.ts'
import { type Job, jobCost } from './plan.ts'

/** Follows the runs of a sweep and says how long the rest will take. */
export interface Estimate {
  start(job: Job): void
  /** A run is that share of its way. */
  advance(job: Job, share: number): void
  end(job: Job): void
  /** Seconds until all runs are done. */
  left(): number
}

/** Shorter than this says little of the speed: a process has to start and load its data. */
const SETTLED_SECONDS = 5

interface Way {
  job: Job
  /** Share of the way behind it. */
  share: number
  /** What that was at its first sign of life; null before. */
  from: number | null
  /** When it began, in milliseconds; null while it waits. */
  began: number | null
}

/**
 * Follows runs that wait to be done.
 *
 * @param begun the share of the way a run has behind it, from an earlier sweep
 * @param done work by which to judge the speed before these runs show it
 * @param now in milliseconds
 */
export function follow(
  jobs: Job[],
  begun: (job: Job) => number,
  workers: number,
  done: Work[],
  now = () => performance.now(),
): Estimate {
  const ways = new Map<Job, Way>()
  for (const job of jobs) ways.set(job, { job, share: begun(job), from: null, began: null })
  const work = [...done]
  const spent = ({ job, from, share, began }: Way): Work => ({
    cost: from === null ? 0 : (share - from) * jobCost(job),
    seconds: began === null ? 0 : (now() - began) / 1000,
  })
  return {
    start: job => {
      ways.get(job)!.began = now()
    },
    advance: (job, share) => {
      const way = ways.get(job)!
      way.from ??= Math.min(way.share, share)
      way.share = share
    },
    end: job => {
      const way = ways.get(job)
      if (way) work.push(spent(way))
      ways.delete(job)
    },
    left: () => {
      const running = [...ways.values()].filter(way => way.began !== null)
      const settled = running.map(spent).filter(({ cost, seconds }) => cost > 0 && seconds >= SETTLED_SECONDS)
      const costs = [...running, ...[...ways.values()].filter(way => way.began === null)].map(
        ({ job, share }) => (1 - share) * jobCost(job),
      )
      return secondsLeft(costs, workers, costRate([...work, ...settled]))
    },
  }
}
