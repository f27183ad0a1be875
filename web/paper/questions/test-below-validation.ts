import measured from '../../../models/paper/all-frames.json'
import type { AllFrames } from '../../../models/paper/all-frames.ts'
import type { Report, ReportRow } from '../../../models/paper/report.ts'
import { isMet, misses } from '../../../models/paper/verdict.ts'
import { fixed } from '../../plot/fixed.ts'
import { rowOf, variantOf } from '../report/lookup.ts'
import { printed } from '../report/names.ts'
import { listed, plural, signed, span } from '../report/numbers.ts'
import { NOT_RUN, type Question } from '../report/question.ts'

/** A loss counts as below another from this many times the larger deviation on. */
const FAR = 2

/**
 * The paper's deep AEs of FreyFace lose less on test images than on held-out ones.
 *
 * @param frames what models trained by its protocol have on test sets drawn from all frames
 */
export function below(report: Report, frames: readonly AllFrames[] = measured): Question {
  const rows = report.rows.filter(row => row.table === 8 && row.dataset === 'freyface' && row.kind === 'ae')
  const far = rows.filter(row => -distance(row.paper) >= FAR)
  return {
    slug: 'below',
    title: 'FreyFace: test losses below the validation losses',
    answer: [
      paper(rows, far),
      ...trained(report),
      ...drawnFromAll(report, frames),
      ours(rows) + bearing(report),
    ],
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

/** Where the paper's test losses lie between the training and test losses of its protocol, run here. */
function trained(report: Report): string[] {
  const runs = [2, 3, 4].flatMap(layers => {
    const id = `frey-ae-l${layers}-z2-mse`
    const run = variantOf(report, `${id}-paper`)
    const there = rowOf(report, id, 'mse')?.paper.test.mean
    if (!run || run.training === null || there === undefined || run.test.mse <= run.training) return []
    const share = (run.test.mse - there) / (run.test.mse - run.training)
    return [{ layers, there, seen: run.training, unseen: run.test.mse, share }]
  })
  if (runs.length === 0 || runs.some(({ share }) => share <= 0 || share >= 1)) return []
  const list = (read: (run: (typeof runs)[number]) => string) => listed(runs.map(read))
  const shares = span(
    runs.map(({ share }) => share),
    share => `${Math.round(100 * share)}%`,
  )
  return [
    `By the paper’s protocol, run here, AEs of ${list(run => String(run.layers))} layers end at an MSE of ` +
      `${list(run => fixed(run.seen, 4))} on the images they were trained on and of ${list(run => fixed(run.unseen, 4))} ` +
      `on the test images. The paper’s test figures, ${list(run => printed(7, run.there))}, lie between. A test set would ` +
      `give them of which ${shares} had been trained on; of one drawn from all 1,965 images, 64% would be. ` +
      'The linear AE and the VAEs, which lose about as much on either kind, would not show it, and do not. ' +
      'This fits the numbers; it is no proof.',
  ]
}

/** Whether the paper's figures come out where test sets are drawn from all frames, those trained on among them. */
function drawnFromAll(report: Report, frames: readonly AllFrames[]): string[] {
  const models = frames.flatMap(figures => {
    const id = figures.name.replace(/-paper$/, '')
    const there = rowOf(report, id, 'mse')
    const unseen = variantOf(report, figures.name)
    return there && unseen
      ? [{ ...figures, layers: there.layers, there: there.paper.test.mean, unseen: unseen.test.mse }]
      : []
  })
  if (models.length === 0) return []
  const comesOut = (mean: number, there: number) => printed(7, mean) === printed(7, there)
  const found = models.filter(({ mean, there }) => comesOut(mean, there)).length
  const foundUnseen = models.filter(({ unseen, there }) => comesOut(unseen, there)).length
  const [{ draws, frames: size, seen }] = models
  return [
    `Tested: trained again by the paper’s protocol and measured on ${draws} test sets of ${size} frames drawn from all 1,965, ` +
      `of which ${Math.round(100 * seen)}% had been trained on, AEs of ${listed(models.map(({ layers }) => layers))} layers have an MSE of ` +
      `${listed(models.map(({ mean, std }) => `${fixed(mean, 4)} ± ${fixed(std, 4)}`))}; the paper has ` +
      `${listed(models.map(({ there }) => printed(7, there)))}. Rounded as the paper’s, ${found} of ${models.length} come out; on frames ` +
      `kept out of training ${foundUnseen} of ${models.length} do.`,
  ]
}

function ours(rows: readonly ReportRow[]): string {
  const ran = rows.flatMap(({ layers, ours }) => (ours ? [{ layers, by: distance(ours) }] : []))
  const judged = ran.filter(({ by }) => Number.isFinite(by))
  if (judged.length === 0) {
    return ran.length === 0 ? `Ours: ${NOT_RUN}.` : 'Of ours, too few folds have been run for a deviation.'
  }
  const lower = judged.filter(({ by }) => -by >= FAR).map(({ layers }) => layers)
  if (judged.length === 1 && lower.length === 0) {
    return 'In ours, split at random, the one AE with a deviation does not lie so far below.'
  }
  const who = `of the ${plural(judged.length, 'AE')} with a deviation`
  return lower.length === 0
    ? `In ours, split at random, none ${who} lies so far below.`
    : `In ours, split at random, ${lower.length} ${who} ${lower.length === 1 ? 'lies' : 'lie'} so far below ` +
        `(${listed(lower)} layers).`
}

/** How many missed figures would be met if the paper's validation figures were the target. */
function bearing(report: Report): string {
  const missed = misses(report.rows)
    .map(({ row }) => row)
    .filter(row => row.dataset === 'freyface' && row.kind === 'ae' && row.layers > 1)
  if (missed.length === 0) return ''
  const held = missed.filter(({ table, paper, ours }) => isMet(table, paper.validation.mean, ours!.test.mean))
  return (
    ` It bears on the verdict: of the ${plural(missed.length, 'test figure')} of these AEs that ours do not meet, in any ` +
    `loss, ${held.length === missed.length ? 'all' : held.length} would be met were the paper’s validation figure the measure.`
  )
}
