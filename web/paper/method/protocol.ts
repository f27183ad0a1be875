import type { Report, ReportRow, Variant } from '../../../models/paper/report.ts'
import { verdictOf } from '../../../models/paper/verdict.ts'
import { fixed } from '../../../models/print-number.ts'
import { rowOf, variantOf } from '../report/lookup.ts'
import { decimalsFor, LOSSES, printed } from '../report/names.ts'
import { plural } from '../report/numbers.ts'
import { NOT_RUN, type Question } from '../report/question.ts'

const MODELS = [
  ['MNIST, VAE, 2 layers', 'mnist-vae-l2-z2'],
  ['Fashion-MNIST, AE, 2 layers', 'fashion-ae-l2-z2'],
  ['FreyFace, AE, 4 layers', 'frey-ae-l4-z2-mse'],
  ['FreyFace, VAE, 4 layers', 'frey-vae-l4-z2-mse'],
] as const

/** A loss of a model in the paper's tables, and the run by its protocol. */
interface Compared {
  title: string
  loss: ReportRow['loss']
  row: ReportRow | undefined
  run: Variant | undefined
}

function compare(report: Report): Compared[] {
  return MODELS.flatMap(([title, id]) =>
    (Object.keys(LOSSES) as ReportRow['loss'][]).map(loss => ({
      title,
      loss,
      row: rowOf(report, id, loss),
      run: variantOf(report, `${id}-paper`),
    })),
  )
}

/** How many of the protocol's figures are level with the paper's. */
function outcome(compared: readonly Compared[]): string {
  const verdicts = compared.flatMap(({ loss, row, run }) =>
    row && run ? [verdictOf(row.table, row.paper.test, { mean: run.test[loss], std: null })] : [],
  )
  if (verdicts.length === 0) return ' None has been run yet.'
  const count = (verdict: ReportRow['verdict']) => verdicts.filter(each => each === verdict).length
  return (
    ` By the rule of the verdict, ${count('level')} of the ${plural(verdicts.length, 'figure')} are level with the paper’s, ` +
    `${count('better')} better and ${count('worse')} worse.`
  )
}

/** What our code gives by the paper's protocol, which separates the effect of the recipe from that of the code. */
export function protocol(report: Report): Question {
  const compared = compare(report)
  return {
    slug: 'protocol',
    title: 'The paper’s protocol, run here',
    answer: [
      'A lower loss can come from our recipe or from an error in our code. So a few models were also trained ' +
        'by the paper’s protocol as it is written: a constant learning rate of 0.001, the paper’s number of ' +
        'epochs, and the weights of the last epoch.' +
        outcome(compared),
    ],
    numbers: {
      caption: 'Test losses per pixel, VAEs at z drawn; by the protocol, fold 0 only',
      head: ['Model', 'Loss', 'Paper', 'Paper’s protocol, run here', 'Our recipe'],
      rows: compared.map(({ title, loss, row, run }) => [
        title,
        LOSSES[loss].title,
        row ? printed(row.table, row.paper.test.mean) : '–',
        run ? fixed(run.test[loss], decimalsFor(loss)) : NOT_RUN,
        row?.ours ? fixed(row.ours.test.mean, decimalsFor(loss)) : NOT_RUN,
      ]),
    },
  }
}
