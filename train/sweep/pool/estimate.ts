import { costRate, secondsLeft, type Work } from '../plan/cost.ts'
import { type Job, jobCost } from '../plan/plan.ts'

/** Estimates the time that the rest of a sweep takes, from the progress of its runs. */
export interface Estimate {
  start(job: Job): void
  /** A run has done this share of its epochs. */
  advance(job: Job, share: number): void
  end(job: Job): void
  /** Seconds until all runs are done. */
  left(): number
}

/** Progress over fewer seconds is no measure of speed: a process has to start and load its data. */
const SETTLED_SECONDS = 5

interface TrackedRun {
  job: Job
  /** Share of its epochs done. */
  share: number
  /** `share` at its first progress here; null before. */
  from: number | null
  /** Start time here, in milliseconds; null while it waits. */
  began: number | null
}

/**
 * Estimates the time of runs that have not begun yet.
 *
 * @param begun the share of a run's epochs done by an earlier sweep
 * @param done work by which to judge the speed before these runs show it
 * @param now in milliseconds
 */
export function estimateTime(
  jobs: Job[],
  begun: (job: Job) => number,
  workers: number,
  done: Work[],
  now = () => performance.now(),
): Estimate {
  const tracked = new Map<Job, TrackedRun>()
  for (const job of jobs) tracked.set(job, { job, share: begun(job), from: null, began: null })
  const work = [...done]
  const spent = ({ job, from, share, began }: TrackedRun): Work => ({
    cost: from === null ? 0 : (share - from) * jobCost(job),
    seconds: began === null ? 0 : (now() - began) / 1000,
  })
  return {
    start: job => {
      tracked.get(job)!.began = now()
    },
    advance: (job, share) => {
      const run = tracked.get(job)!
      run.from ??= Math.min(run.share, share)
      run.share = share
    },
    end: job => {
      const run = tracked.get(job)
      if (run) work.push(spent(run))
      tracked.delete(job)
    },
    left: () => {
      const running = [...tracked.values()].filter(run => run.began !== null)
      const settled = running.map(spent).filter(({ cost, seconds }) => cost > 0 && seconds >= SETTLED_SECONDS)
      const costs = [...running, ...[...tracked.values()].filter(run => run.began === null)].map(
        ({ job, share }) => (1 - share) * jobCost(job),
      )
      return secondsLeft(costs, workers, costRate([...work, ...settled]))
    },
  }
}
