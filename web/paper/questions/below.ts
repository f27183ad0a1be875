import type { Report, ReportRow } from '../../../models/report.ts'
import { isMet, misses } from '../../../models/verdict.ts'
import { printed } from '../names.ts'
import { fixed, listed, plural, signed } from '../numbers.ts'
import { NOT_RUN, type Question } from '../question.ts'

/** Losses as far below another as this many of the larger deviation count as below it. */
const FAR = 2

/** That the paper's deep AEs of FreyFace do better on test images than on held-out ones. */
export function below(report: Report): Question {
  const rows = report.rows.filter(row => row.table === 8 && row.dataset === 'freyface' && row.kind === 'ae')
  const far = rows.filter(row => -distance(row.paper) >= FAR)
  return {
    slug: 'below',
    title: 'FreyFace: test losses below the validation losses',
    answer: [paper(rows, far), ours(rows) + bearing(report)],
    numbers: {
      caption:
        'AEs of FreyFace, L1 in intensity per pixel (Table 8): test less validation, in the larger deviation',
      head: [
        'Layers',
        'Paper, validation',
        'Test',
        'In deviations',
        'Ours, validation',
        'Test',
        'In deviations',
      ],
      rows: rows.map(row => [
        String(row.layers),
        printed(8, row.paper.validation.mean),
        printed(8, row.paper.test.mean),
        signed(distance(row.paper), 1),
        fixed(row.ours?.validation.mean, 4),
        fixed(row.ours?.test.mean, 4),
        row.ours ? signed(distance(row.ours), 1) : NOT_RUN,
      ]),
    },
  }
}

/** Test less validation in units of the larger standard deviation; undefined without one. */
function distance(of: Record<'validation' | 'test', { mean: number; std: number | null }>): number {
  const deviation = Math.max(of.validation.std ?? 0, of.test.std ?? 0)
  return deviation > 0 ? (of.test.mean - of.validation.mean) / deviation : Number.NaN
}

function paper(rows: readonly ReportRow[], far: readonly ReportRow[]): string {
  if (far.length === 0)
    return 'The paper’s test losses are no lower than its validation losses by more than the folds vary.'
  const most = far.reduce((a, b) => (distance(a.paper) <= distance(b.paper) ? a : b))
  const linear = rows.find(row => row.layers === 1)
  return (
    `In the paper, AEs of ${listed(far.map(row => row.layers))} layers have a lower L1 on test images than on held-out ones, ` +
    `by up to ${fixed(-distance(most.paper), 1)} of the larger deviation (${most.layers} layers: ` +
    `${printed(8, most.paper.validation.mean)} and ${printed(8, most.paper.test.mean)}). ` +
    (linear && Math.abs(distance(linear.paper)) < 1
      ? `Its one-layer AE, which is linear but for the last sigmoid, has ${printed(8, linear.paper.validation.mean)} on both. `
      : '') +
    'Both kinds of image are unseen in training. Were they drawn at random from one film, a model’s loss on them should ' +
    'agree within the spread, whatever its depth. Some difference in how they were chosen or measured is likely; the ' +
    'text does not say which, and we note it as an observation.'
  )
}

function ours(rows: readonly ReportRow[]): string {
  const ran = rows.flatMap(({ layers, ours }) => (ours ? [{ layers, by: distance(ours) }] : []))
  const judged = ran.filter(({ by }) => Number.isFinite(by))
  if (judged.length === 0) {
    return ran.length === 0 ? `Ours: ${NOT_RUN}.` : 'Of ours, too few folds have been run for a deviation.'
  }
  const lower = judged.filter(({ by }) => -by >= FAR).map(({ layers }) => layers)
  return lower.length === 0
    ? `In ours, split at random, none of the ${judged.length} with a deviation lies so far below.`
    : `In ours, split at random, ${lower.length} of the ${judged.length} with a deviation ` +
        `${lower.length === 1 ? 'lies' : 'lie'} so far below (${listed(lower)} layers).`
}

/** How much of what is not met would be, were the validation figures the measure. */
function bearing(report: Report): string {
  const missed = misses(report.rows)
    .map(({ row }) => row)
    .filter(row => row.dataset === 'freyface' && row.kind === 'ae' && row.layers > 1)
  if (missed.length === 0) return ''
  const held = missed.filter(({ table, paper, ours }) => isMet(table, paper.validation.mean, ours!.test.mean))
  return (
    ` It bears on the verdict: of the ${plural(missed.length, 'test figure')} of these AEs that ours do not meet, in any ` +
    `loss, ${held.length} would be met were the paper’s validation figure the measure.`
  )
}
