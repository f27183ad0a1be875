import { costRate, secondsLeft, type Work } from '../plan/cost.ts'
import { type Job, jobCost } from '../plan/plan.ts'

/** An estimate of the remaining time of a sweep, from the progress of its runs. */
export interface Estimate {
  start(job: Job): void
  /** Records that a run has done this share of its epochs. */
  advance(job: Job, share: number): void
  end(job: Job): void
  /** Seconds until all runs are done. */
  left(): number
}

/** Progress in fewer seconds than this is not measured: a process first starts and loads its data. */
const SETTLED_SECONDS = 5

interface TrackedRun {
  job: Job
  /** Share of its epochs done. */
  share: number
  /** `share` at the first progress in this sweep; null before. */
  from: number | null
  /** Start time in this sweep, in milliseconds; null while the run waits. */
  began: number | null
}

/**
 * Starts an estimate for runs that have not begun yet.
 *
 * @param begun the share of a run's epochs done by an earlier sweep
 * @param done finished work that gives the speed until these runs have been measured
 * @param now clock, in milliseconds
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
