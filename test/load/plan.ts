import { createRng } from '../../models/random.ts'
import type { Profile } from './profiles.ts'

export const SPACINGS = ['poisson', 'constant'] as const
/** Independent users (exponential gaps), or a metronome. */
export type Spacing = (typeof SPACINGS)[number]

/** What is going to be asked and when, fixed before the first request: nothing the server does moves an arrival. */
export interface Plan {
  /** Milliseconds from the start of the count, ascending; the warm-up lies below 0. [n] */
  times: Float64Array
  /** Which entry of the mix each arrival asks for. [n] */
  entries: Uint8Array
}

/**
 * Plans a profile's arrivals. An arrival stands wherever the expected number of arrivals, Λ(t) = ∫ rate, reaches the
 * next mark: each whole number for constant spacing, the points of a unit Poisson process for the other.
 *
 * @param weights how often each entry of the mix is asked for, relative to the others
 */
export function planArrivals(
  profile: Profile,
  weights: readonly number[],
  spacing: Spacing,
  seed: number,
): Plan {
  const gap = createRng(seed, 'arrivals')
  const choice = createRng(seed, 'mix')
  const total = weights.reduce((sum, weight) => sum + weight, 0)
  const times: number[] = []
  const entries: number[] = []
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
      entries.push(choose(weights, choice() * total))
    }
    reached += seconds * rate
    start += seconds
  }
  return { times: Float64Array.from(times), entries: Uint8Array.from(entries) }
}

function choose(weights: readonly number[], point: number): number {
  let i = 0
  for (let left = point - weights[0]; left >= 0 && i < weights.length - 1; left -= weights[++i]);
  return i
}
