import type { Card } from '../card.ts'
import type { SampleJudgement } from '../judgement.ts'
import type { Finding } from './finding.ts'

/** By how much samples may be judged worse than those of the version replaced: several standard errors of each figure. */
export const SAMPLES_TOLERANCE = {
  /** Share of samples of a class that are recognised as that class, averaged over the classes and for the worst one. */
  mean: 0.01,
  worst: 0.05,
  /** Share of samples that the judge classifies with confidence. */
  confident: 0.02,
  /** Percent of the Fréchet distance. */
  frechet: 10,
} as const

/** By how much a figure of a card may differ from that of the gate: arithmetic differs between processors. */
const STATED = { share: 0.002, frechet: 0.01 } as const

/** A version, and the judgement of its samples by the gate's own judge; without one, the card's judgement is used. */
export interface Judged {
  card: Card
  judged?: SampleJudgement
}

/** A card's judgement beside that of the gate's own judge. */
export function checkJudgement({ card, judged }: Judged): Finding[] {
  const { judgement } = card
  if (!judgement || !judged || differenceOf(judged, judgement)) return []
  const figures: [what: string, got: number, stated: number, tolerance: number][] = [
    ['share that the judge is sure of', judged.samples.confident, judgement.samples.confident, STATED.share],
    [
      'Fréchet distance',
      judged.samples.frechet,
      judgement.samples.frechet,
      STATED.frechet * judged.samples.frechet,
    ],
  ]
  if (judged.byClass && judgement.byClass) {
    figures.push(
      ['mean class accuracy', judged.byClass.mean, judgement.byClass.mean, STATED.share],
      ['worst class accuracy', judged.byClass.worst, judgement.byClass.worst, STATED.share * 5],
    )
  }
  return figures.map(([what, got, stated, tolerance]) => ({
    check: 'measured',
    passed: Math.abs(got - stated) <= tolerance,
    says: `${what}: expected ${got.toFixed(4)}, as judged on its samples, got ${stated.toFixed(4)} in its card`,
  }))
}

/**
 * Compares the samples of a version with those of the version it would replace, by the same judge. A version without a
 * judgement may not replace one with.
 */
export function compareJudgements(candidate: Judged, stable: Judged): Finding[] {
  const before = stable.judged ?? stable.card.judgement
  const now = candidate.judged ?? candidate.card.judgement
  if (!stable.card.judgement || !before) return []
  if (!candidate.card.judgement || !now) {
    const says =
      'expected a judgement of its samples, as the version replaced has, got none: npm run judge -- <folder> --write'
    return [{ check: 'samples', passed: false, says }]
  }
  const differing = differenceOf(before, now)
  if (differing) {
    return [
      {
        check: 'samples',
        passed: true,
        says: `not compared with those of the version replaced: ${differing}`,
      },
    ]
  }
  return [
    ...(before.byClass && now.byClass
      ? [
          notLower('mean class accuracy', before.byClass.mean, now.byClass.mean, SAMPLES_TOLERANCE.mean),
          notLower('worst class accuracy', before.byClass.worst, now.byClass.worst, SAMPLES_TOLERANCE.worst),
        ]
      : []),
    notLower(
      'share that the judge is sure of',
      before.samples.confident,
      now.samples.confident,
      SAMPLES_TOLERANCE.confident,
    ),
    frechetFinding(before.samples.frechet, now.samples.frechet),
  ]
}

/** The reason why two judgements cannot be compared; undefined if they can. */
function differenceOf(before: SampleJudgement, now: SampleJudgement): string | undefined {
  const of = ({ judge, seed, samples, byClass }: SampleJudgement) =>
    `judge ${judge.dataset}@${judge.version}, seed ${seed}, ${samples.images} samples, ${byClass?.imagesPerClass ?? 0} a class`
  return of(before) === of(now) ? undefined : `${of(before)} then, ${of(now)} now`
}

function notLower(what: string, before: number, now: number, tolerance: number): Finding {
  const least = before - tolerance
  return {
    check: 'samples',
    passed: now >= least,
    says: `${what}: expected at least ${least.toFixed(3)} (${before.toFixed(3)} less ${tolerance}), got ${now.toFixed(3)}`,
  }
}

function frechetFinding(before: number, now: number): Finding {
  const most = before * (1 + SAMPLES_TOLERANCE.frechet / 100)
  return {
    check: 'samples',
    passed: now <= most,
    says: `Fréchet distance: expected at most ${most.toFixed(2)} (${SAMPLES_TOLERANCE.frechet}% more than ${before.toFixed(2)}), got ${now.toFixed(2)}`,
  }
}
