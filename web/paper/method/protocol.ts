import { type ByProtocol, countVerdicts, protocolFigures } from '../../../models/paper/protocol.ts'
import type { Report } from '../../../models/paper/report.ts'
import { fixed } from '../../../models/print-number.ts'
import { DATA, decimalsFor, LOSSES, printed } from '../report/names.ts'
import { plural } from '../report/numbers.ts'
import { NOT_RUN, type Question } from '../report/question.ts'

/** What our code gives by the paper's protocol, which separates the effect of the recipe from that of the code. */
export function protocol(report: Report): Question {
  const figures = protocolFigures(report)
  return {
    slug: 'protocol',
    title: 'The paper’s protocol, run here',
    answer: [
      'A lower loss can come from our recipe or from an error in our code. So some models were also trained ' +
        'by the paper’s protocol: a constant learning rate of 0.001 and the paper’s number of epochs. The paper names ' +
        'neither the initialisation nor the epoch that is measured; here they are He’s and the last.',
      outcome(figures),
    ],
    numbers: {
      caption: 'All models trained so: test losses per pixel, VAEs at z drawn',
      head: ['Model', 'Loss', 'Paper', 'Its protocol, run here', 'Folds', 'Verdict', 'Our recipe'],
      rows: figures.map(({ row, run, ours, verdict }) => [
        `${DATA[row.dataset].title}, ${row.kind.toUpperCase()}, ${plural(row.layers, 'layer')}`,
        LOSSES[row.loss].title,
        printed(row.table, row.paper.test.mean),
        fixed(ours, decimalsFor(row.loss)),
        `${run.n}/${run.folds}`,
        verdict,
        row.ours ? fixed(row.ours.test.mean, decimalsFor(row.loss)) : NOT_RUN,
      ]),
    },
  }
}

/** How many of the figures are level with the paper's, and what that leaves open. */
function outcome(figures: readonly ByProtocol[]): string {
  if (figures.length === 0) return `By the protocol: ${NOT_RUN}.`
  const { level, better, worse } = countVerdicts(figures)
  const models = [...Map.groupBy(figures, ({ run }) => run.name).values()]
  const allWorse = models.filter(own => own.every(({ verdict }) => verdict === 'worse')).length
  const name = ({ row }: ByProtocol) =>
    `the ${row.kind.toUpperCase()} of ${plural(row.layers, 'layer')} on ${DATA[row.dataset].title}`
  const elsewhere = models.find(
    own => own[0].row.dataset !== 'freyface' && own.every(one => one.verdict === 'worse'),
  )
  return (
    `By the rule of the verdict, of the ${plural(figures.length, 'figure')} of these ${plural(models.length, 'model')}, ${level} ` +
    `${level === 1 ? 'is' : 'are'} level with the paper’s, ${better} better and ${worse} worse; ${plural(allWorse, 'model')} ` +
    `${allWorse === 1 ? 'is' : 'are'} worse in every loss. ` +
    (elsewhere
      ? `FreyFace’s unknown split may explain its AEs, but not ${name(elsewhere[0])}, whose images are the paper’s. `
      : '') +
    (worse + better > 0
      ? 'So the control does not rule out a difference in code or initialisation.'
      : 'So the control shows no difference in code or initialisation.')
  )
}
