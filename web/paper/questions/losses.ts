import type { Report, ReportRow } from '../../../models/paper/report.ts'
import { distinctRows } from '../../../models/paper/verdict.ts'
import { fixed } from '../../plot/fixed.ts'
import { rowOf } from '../report/lookup.ts'
import { decimalsFor, LOSSES, printed } from '../report/names.ts'
import { NOT_RUN, type Question } from '../report/question.ts'

/** A model whose figures reveal its training loss: with 64 latent dimensions the three losses differ widely. */
const EXAMPLE = 'mnist-ae-l1-z64'

/** The training loss of a data set's models. */
const trainedOn = (row: ReportRow) => (row.dataset === 'freyface' ? 'mse' : 'bce')

/** Whether Tables 3 to 8 report three trainings of each model or one. */
export function losses(report: Report): Question {
  const others = distinctRows(report.rows).filter(row => row.loss !== trainedOn(row) && row.ours)
  const example = (['bce', 'mse', 'l1'] as const).map(loss => [loss, rowOf(report, EXAMPLE, loss)] as const)
  return {
    slug: 'losses',
    title: 'Which loss was trained on?',
    answer: [
      'Tables 3 to 8 give each model a BCE, an MSE and an L1, and could be three trainings or one. The section on ' +
        'training names one loss a data set: BCE for MNIST and Fashion-MNIST, MSE for FreyFace. We train each model once, ' +
        'on that, and measure all three.',
      others.length > 0 ? compare(others) : `Figures in a loss that ours were not trained on: ${NOT_RUN}.`,
    ],
    numbers: {
      caption: 'The one-layer AE of MNIST with 64 numbers, trained once, on BCE: test losses',
      head: ['Loss', 'Paper', 'Ours'],
      rows: example.map(([loss, row]) => [
        LOSSES[loss].title,
        row ? printed(row.table, row.paper.test.mean) : '–',
        row?.ours ? fixed(row.ours.test.mean, decimalsFor(loss)) : NOT_RUN,
      ]),
    },
  }
}

/** Relative distance, beyond the paper's rounding, up to which one training explains the figures. */
const NEAR = 0.05
const HALF = 0.0005

function compare(rows: readonly ReportRow[]): string {
  const apart = rows
    .map(({ ours, paper }) => {
      const difference = Math.abs(ours!.test.mean - paper.test.mean)
      return Math.max(0, difference - HALF) / paper.test.mean
    })
    .sort((a, b) => a - b)
  const middle = apart[Math.floor(apart.length / 2)]
  return (
    `Of the ${rows.length} test figures in a loss that ours were not trained on, ${rows.filter(row => row.met).length} are met, ` +
    `and half lie within ${fixed(100 * middle, 1)}% of the paper’s, rounding aside. ` +
    (middle <= NEAR
      ? 'So one training accounts for the three tables: trained on another loss, a model’s losses are of another size.'
      : 'So one training does not account for the three tables.')
  )
}
