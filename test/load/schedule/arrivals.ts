import { createRng } from '../../../models/random.ts'
import type { Profile } from './profiles.ts'

/** Kinds of gaps between arrivals. */
export const SPACINGS = ['poisson', 'constant'] as const
/** Gaps between arrivals: exponential, as of independent users, or all the same. */
export type Spacing = (typeof SPACINGS)[number]

/** The requests of a run, fixed before the first is sent: the server's behaviour does not move an arrival. */
export interface Arrivals {
  /** Milliseconds from the start of the count, ascending; the warm-up lies below 0. [n] */
  times: Float64Array
  /** Index of the kind of each request. [n] */
  kinds: Uint8Array
}

/**
 * Schedules a profile's arrivals. An arrival is placed where the expected number of arrivals, Λ(t) = ∫ rate, reaches
 * the next mark: each whole number for constant spacing, the points of a unit Poisson process otherwise.
 *
 * @param weights how often each kind is sent, relative to the others
 */
export function scheduleArrivals(
  profile: Profile,
  weights: readonly number[],
  spacing: Spacing,
  seed: number,
): Arrivals {
  const gap = createRng(seed, 'arrivals')
  const choice = createRng(seed, 'mix')
  const total = weights.reduce((sum, weight) => sum + weight, 0)
  const times: number[] = []
  const kinds: number[] = []
  const step = spacing === 'constant' ? () => 1 : () => -Math.log(gap())
  let mark = spacing === 'constant' ? 0 : step()
  let reached = 0
  let start = -profile.warmup
  for (const { seconds, rate } of [
    { seconds: profile.warmup, rate: profile.stages[0].rate },
    ...profile.stages,
  ]) {
    for (; mark < reached + seconds * rate; mark += step()) {
      times.push(1000 * (start + (mark - reached) / rate))
      kinds.push(choose(weights, choice() * total))
    }
    reached += seconds * rate
    start += seconds
  }
  return { times: Float64Array.from(times), kinds: Uint8Array.from(kinds) }
}

/** The arrivals of generator `index` of `count`, dealt out in turn, so that together they are the whole schedule. */
export function dealArrivals({ times, kinds }: Arrivals, index: number, count: number): Arrivals {
  return {
    times: times.filter((_, i) => i % count === index),
    kinds: kinds.filter((_, i) => i % count === index),
  }
}

function choose(weights: readonly number[], point: number): number {
  let i = 0
  for (let left = point - weights[0]; left >= 0 && i < weights.length - 1; left -= weights[++i]);
  return i
}
