import { z } from 'zod'

/**
 * Evidence about the mean of bounded numbers, which may be evaluated after each of them. It is the capital of a bettor
 * who bets that the mean is beyond a limit. If it is not, the bettor cannot expect to gain, and the probability that
 * the capital ever reaches 1/α is at most α, however often one looks and whenever one stops (Ville's inequality). The
 * capital is a mixture over stakes, as the mixture SPRT is over alternatives (Johari et al. 2015; the bets:
 * Waudby-Smith and Ramdas 2023, section 4; the capital process: Howard et al. 2021).
 *
 * No distribution is assumed: only that the mean of each number, given those before it, is on the same side of the
 * limit.
 */
export const Evidence = z.strictObject({
  /** Numbers seen. */
  count: z.int().min(0),
  sum: z.number(),
  /** Logarithm of the capital by stake, betting that the mean is above the lower limit. */
  above: z.array(z.number()),
  /** The same, betting that it is below the upper limit. */
  below: z.array(z.number()),
})
export type Evidence = z.infer<typeof Evidence>

/** The limits that a mean is tested against. Numbers are clipped to [-bound, bound]. */
export interface Limits {
  /** A mean above this is a regression. */
  worse: number
  /** A mean below this is good enough. It is larger than `worse`, so that every mean is beyond at least one limit. */
  fine: number
  bound: number
}

/** Shares of the largest stake that can lose everything at once; small stakes find small differences. */
const STAKES = [0.02, 0.04, 0.08, 0.15, 0.3, 0.5, 0.7, 0.9, 0.98]

/** Evidence before any number. */
export function noEvidence(): Evidence {
  return { count: 0, sum: 0, above: STAKES.map(() => 0), below: STAKES.map(() => 0) }
}

/** Evidence with one more number. */
export function addNumber(evidence: Evidence, value: number, { worse, fine, bound }: Limits): Evidence {
  const x = Math.max(-bound, Math.min(bound, value))
  // The largest stake is the one with which the worst number leaves nothing.
  const stake = (i: number, span: number) => STAKES[i] / span
  return {
    count: evidence.count + 1,
    sum: evidence.sum + x,
    above: evidence.above.map((log, i) => log + Math.log1p(stake(i, bound + worse) * (x - worse))),
    below: evidence.below.map((log, i) => log + Math.log1p(stake(i, bound - fine) * (fine - x))),
  }
}

/** The capital of a mixture of bets that began with 1: the evidence against its limit. */
export function capital(logs: readonly number[]): number {
  return logs.reduce((sum, log) => sum + Math.exp(log), 0) / logs.length
}
