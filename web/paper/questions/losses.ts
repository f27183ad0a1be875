import { rowOf, variantOf } from '../../../models/paper/lookup.ts'
import type { Report, ReportRow } from '../../../models/paper/report.ts'
import { distinctRows, misses } from '../../../models/paper/verdict.ts'
import { fixed } from '../../../models/print-number.ts'
import { decimalsFor, LOSSES, printed } from '../report/names.ts'
import { plural } from '../report/numbers.ts'
import { NOT_RUN, type Question } from '../report/question.ts'

/** A model whose figures show its training loss: with 64 latent dimensions the three losses differ widely. */
const EXAMPLE = 'mnist-ae-l1-z64'

/** The training loss of a data set's models. */
const trainedOn = (row: ReportRow) => (row.dataset === 'freyface' ? 'mse' : 'bce')

/** Whether each model of Tables 3 to 8 was trained once, or once for each loss. */
export function losses(report: Report): Question {
  const others = distinctRows(report.rows).filter(row => row.loss !== trainedOn(row) && row.ours)
  const example = (['bce', 'mse', 'l1'] as const).map(loss => [loss, rowOf(report, EXAMPLE, loss)] as const)
  return {
    slug: 'losses',
    title: 'Which loss was trained on?',
    answer: [
      'Tables 3 to 8 give each model a BCE, an MSE and an L1, which could come from three trainings or from ' +
        'one. The section on training names one loss for each data set: BCE for MNIST and Fashion-MNIST, MSE ' +
        'for FreyFace. We train each model once, on the loss of its data set, and measure all three.',
      others.length > 0 ? compare(others) : `Figures in a loss that ours were not trained on: ${NOT_RUN}.`,
      ...missedInL1(report),
    ],
    numbers: {
      caption: 'The one-layer AE of MNIST with 64 latent dimensions, trained once, on BCE: test losses',
      head: ['Loss', 'Paper', 'Ours'],
      rows: example.map(([loss, row]) => [
        LOSSES[loss].title,
        row ? printed(row.table, row.paper.test.mean) : '–',
        row?.ours ? fixed(row.ours.test.mean, decimalsFor(loss)) : NOT_RUN,
      ]),
    },
  }
}

/**
 * One training explains the figures if they differ from ours by at most this share, in addition to the paper's
 * rounding.
 */
const NEAR = 0.05
const HALF = 0.0005

function compare(rows: readonly ReportRow[]): string {
  const apartOf = ({ ours, paper }: ReportRow) =>
    Math.max(0, Math.abs(ours!.test.mean - paper.test.mean) - HALF) / paper.test.mean
  const apart = rows.map(apartOf).sort((a, b) => a - b)
  const far = rows.filter(row => apartOf(row) > NEAR)
  const frey = far.filter(({ dataset }) => dataset === 'freyface').length
  const middle = apart[Math.floor(apart.length / 2)]
  return (
    `Of the ${rows.length} test figures in a loss that ours were not trained on, ${rows.filter(row => row.met).length} are met. ` +
    `Half lie within ${fixed(100 * middle, 1)}% of the paper’s, rounding aside; ${far.length} differ by more than ${100 * NEAR}%` +
    `${frey > 0 ? ` (${frey} of them FreyFace’s)` : ''}, the farthest by ${fixed(100 * apart[apart.length - 1], 0)}%. ` +
    (middle <= NEAR
      ? 'So one training is consistent with all three tables. No model was trained on another loss here, so three ' +
        'trainings are not excluded.'
      : 'So one training does not account for the three tables.')
  )
}

/** L1 figures that are missed by models trained on BCE, and how many of these models meet the BCE. */
function missedInL1(report: Report): string[] {
  const missed = misses(report.rows).filter(({ row }) => row.loss === 'l1' && trainedOn(row) === 'bce')
  if (missed.length === 0) return []
  const met = missed.filter(({ row }) => rowOf(report, row.id, 'bce')?.met).length
  return [
    `${plural(missed.length, 'L1 figure')} of models trained on BCE ${missed.length === 1 ? 'is' : 'are'} not met; ${met} of these models meet the paper’s ` +
      'BCE. A lower BCE does not imply a lower L1: where a model is uncertain, BCE is lowest for a grey pixel, ' +
      'L1 for a black or a white one.' +
      byProtocol(report),
  ]
}

/** A two-layer VAE that the paper's longer training gives a larger BCE and a smaller L1 than ours. */
function byProtocol(report: Report): string {
  const id = 'mnist-vae-l2-z2'
  const run = variantOf(report, `${id}-paper`)
  const [bce, l1] = (['bce', 'l1'] as const).map(loss => rowOf(report, id, loss)?.ours?.test.mean)
  if (!run || bce === undefined || l1 === undefined || run.test.bce < bce || run.test.l1 > l1) return ''
  return (
    ' By the paper’s protocol, with more epochs, the VAE of 2 layers on MNIST has a ' +
    `larger BCE than ours (${fixed(run.test.bce, 4)}, ours ${fixed(bce, 4)}) and a smaller L1 ` +
    `(${fixed(run.test.l1, 4)}, ours ${fixed(l1, 4)}).`
  )
}
