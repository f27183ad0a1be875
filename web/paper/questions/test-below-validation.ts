import type { Report, ReportRow } from '../../../models/paper/report.ts'
import { fixed } from '../../../models/print-number.ts'
import { printed } from '../report/names.ts'
import { listed, plural, signed } from '../report/numbers.ts'
import { NOT_RUN, type Question } from '../report/question.ts'

/** A loss counts as clearly below another from a difference of this many times the larger standard deviation on. */
const FAR = 2

/**
 * Why the paper's deep AEs of FreyFace have lower losses on test images than on held-out images.
 *
 * @param frames losses of models trained by the paper's protocol, on test sets drawn from all frames
 */
export function below(report: Report): Question {
  const rows = report.rows.filter(row => row.table === 8 && row.dataset === 'freyface' && row.kind === 'ae')
  const far = rows.filter(row => -distance(row.paper) >= FAR)
  return {
    slug: 'below',
    title: 'FreyFace: test losses below the validation losses',
    answer: [paper(rows, far), ours(rows)],
    numbers: {
      caption:
        'AEs of FreyFace, L1 in intensity per pixel (Table 8): test minus validation, in units of the larger ' +
        'standard deviation',
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

/** Test loss minus validation loss, divided by the larger standard deviation; NaN without one. */
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
    `In the paper, AEs of ${listed(far.map(row => row.layers))} layers have an L1 on test images that is ` +
    `below the one on held-out images by at least ${FAR} times the larger standard deviation, by up to ` +
    `${fixed(-distance(most.paper), 1)} times (${most.layers} layers: ` +
    `${printed(8, most.paper.validation.mean)} and ${printed(8, most.paper.test.mean)}). ` +
    (linear && Math.abs(distance(linear.paper)) < 1
      ? 'Its one-layer AE, which is linear except for the final sigmoid, has ' +
        `${printed(8, linear.paper.validation.mean)} on both. `
      : '') +
    'The model has seen neither kind of image in training. If both were drawn at random from one film, its ' +
    'losses on them should agree within the spread, whatever its depth. Some difference in how they were ' +
    'chosen or measured is likely. The text does not say which; the next question tests one.'
  )
}

function ours(rows: readonly ReportRow[]): string {
  const ran = rows.flatMap(({ layers, ours }) => (ours ? [{ layers, by: distance(ours) }] : []))
  const judged = ran.filter(({ by }) => Number.isFinite(by))
  if (judged.length === 0) {
    return ran.length === 0 ? `Ours: ${NOT_RUN}.` : 'Of ours, too few folds have been run for a deviation.'
  }
  const lower = judged.filter(({ by }) => -by >= FAR).map(({ layers }) => layers)
  if (judged.length === 1 && lower.length === 0) {
    return (
      'Among our AEs, whose data were split at random, the only one with a deviation has no test loss so ' +
      'far below its validation loss.'
    )
  }
  const who = `of the ${plural(judged.length, 'AE')} with a deviation`
  return lower.length === 0
    ? `Among our AEs, whose data were split at random, none ${who} has a test loss so far below its validation loss.`
    : `Among our AEs, whose data were split at random, ${lower.length} ${who} ` +
        `${lower.length === 1 ? 'has' : 'have'} a test loss so far below the validation loss ` +
        `(${listed(lower)} layers).`
}
