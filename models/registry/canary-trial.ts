import { z } from 'zod'
import { ModelId, Version } from '../card.ts'
import { addNumber, capital, Evidence, type Limits, noEvidence } from './sequential-test.ts'

/** The criteria for a canary. Each is a difference within a pair of equal requests: canary minus stable version. */
export const TRIAL_LIMITS = {
  /** Difference of the objective on the same image, relative to the stable version's. */
  quality: { worse: 0.01, fine: 0.03, bound: 0.5 },
  /** Natural logarithm of the ratio of durations: 0.05 is 5% slower. */
  latency: { worse: Math.log(1.05), fine: Math.log(1.2), bound: 1 },
  /** Difference of failures, where a failed request counts 1 and any other 0. */
  errors: { worse: 0.001, fine: 0.01, bound: 1 },
} as const satisfies Record<string, Limits>

/** A criterion of a canary's trial. */
export type Criterion = keyof typeof TRIAL_LIMITS
const CRITERIA = Object.keys(TRIAL_LIMITS) as Criterion[]

/** The chance that a canary as good as the stable version is ever called worse, over all criteria. */
export const TRIAL_ALPHA = 0.05

/** The state of a canary's trial, which a watcher saves so that another one can continue it. */
export const Trial = z.strictObject({
  format: z.literal('latent-edge-trial/1'),
  id: ModelId,
  stable: Version,
  canary: Version,
  started: z.iso.datetime(),
  /** Pairs of requests so far. */
  pairs: z.int().min(0),
  evidence: z.strictObject({ quality: Evidence, latency: Evidence, errors: Evidence }),
})
export type Trial = z.infer<typeof Trial>

/** One pair of equal requests, to the stable version and to the canary. */
export interface Pair {
  stable: Answer
  canary: Answer
}

/** The outcome of one request of a pair. */
export interface Answer {
  failed: boolean
  seconds: number
  /** The objective on the image that was sent; undefined where none was, or the request failed. */
  loss?: number
}

/** How a trial ends, and why. */
export type TrialVerdict = { verdict: 'promote' | 'rollback' | 'undecided'; reason: string }

/** A trial without any requests. */
export function startTrial(id: string, stable: string, canary: string, started: string): Trial {
  const evidence = { quality: noEvidence(), latency: noEvidence(), errors: noEvidence() }
  return { format: 'latent-edge-trial/1', id, stable, canary, started, pairs: 0, evidence }
}

/** A trial with one more pair. Durations and losses count where both requests were answered. */
export function addPair(trial: Trial, { stable, canary }: Pair): Trial {
  const evidence = { ...trial.evidence }
  const add = (criterion: Criterion, difference: number) => {
    evidence[criterion] = addNumber(evidence[criterion], difference, TRIAL_LIMITS[criterion])
  }
  add('errors', Number(canary.failed) - Number(stable.failed))
  if (!canary.failed && !stable.failed) {
    add('latency', Math.log(canary.seconds / stable.seconds))
    if (canary.loss !== undefined && stable.loss !== undefined) {
      add('quality', (canary.loss - stable.loss) / Math.abs(stable.loss))
    }
  }
  return { ...trial, pairs: trial.pairs + 1, evidence }
}

/**
 * The conclusion of a trial so far. A canary is rolled back as soon as one criterion is shown to be worse than its
 * limit, and promoted once all are shown to be fine, each with error probability at most `alpha` regardless of how
 * often this is called.
 *
 * @param mostPairs number of pairs after which a trial without a verdict ends undecided
 * @returns undefined while the trial should go on
 */
export function concludeTrial(
  trial: Trial,
  mostPairs: number,
  alpha: number = TRIAL_ALPHA,
): TrialVerdict | undefined {
  const judged = CRITERIA.filter(name => name !== 'quality' || trial.evidence.quality.count > 0)
  const summary = `${judged.map(name => describe(name, trial.evidence[name])).join('; ')} (${trial.pairs} pairs of requests)`
  const worse = judged.find(name => capital(trial.evidence[name].above) >= judged.length / alpha)
  if (worse) return { verdict: 'rollback', reason: `${worse} is worse: ${summary}` }
  // All criteria must hold, so the probability of a wrong promotion is that of a single one.
  if (judged.every(name => capital(trial.evidence[name].below) >= 1 / alpha)) {
    return { verdict: 'promote', reason: `as good as the stable version: ${summary}` }
  }
  return trial.pairs < mostPairs ? undefined : { verdict: 'undecided', reason: summary }
}

function describe(name: Criterion, { count, sum }: Evidence): string {
  const mean = sum / Math.max(1, count)
  if (name === 'errors') return `errors ${signed(100 * mean)} points`
  return `${name} ${signed(100 * (name === 'latency' ? Math.expm1(mean) : mean))}%`
}

function signed(value: number): string {
  return `${value < 0 ? '−' : '+'}${Math.abs(value).toFixed(2)}`
}
