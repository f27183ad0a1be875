import type { Report, ReportRow } from '../../../models/paper/report.ts'
import { distinctRows, verdictOf } from '../../../models/paper/verdict.ts'
import { fixed } from '../../../models/print-number.ts'
import { printed } from '../report/names.ts'
import type { Question } from '../report/question.ts'

/**
 * Deviations up to this, which the paper prints as at most 0.010%, may be plain numbers with three decimals that were
 * given a percent sign by mistake.
 */
const SMALL = 0.0001

/** Whether all standard deviations that the paper prints as percentages are percentages. */
export function deviations(report: Report): Question {
  const pairs = report.rows.flatMap(row => {
    const again = report.rows.find(
      other => other.table === row.table + 3 && other.id === row.id && other.loss === row.loss,
    )
    return again && row.table > 2 && differ(row, again) ? [[row, again] as const] : []
  })
  const distinct = distinctRows(report.rows)
  const small = distinct.filter(row => row.paper.test.std <= SMALL)
  const turned = small.filter(row => row.verdict && row.verdict !== 'level' && asPlain(row) === 'level')
  return {
    slug: 'deviations',
    title: 'The unit of the deviations',
    answer: [
      `The paper prints every deviation as a percentage. ${
        pairs.length > 0
          ? 'Where Table 8 repeats models of Table 5, the same mean is printed with a different deviation, ' +
            'as if the smaller one were not a percentage but the number itself, rounded to three decimals.'
          : ''
      }`,
      `We take each as printed. ${small.length} of the ${distinct.length} test figures have a deviation of at most 0.010%. ` +
        (turned.length > 0
          ? `Read as plain numbers, they would turn ${turned.length} of our verdicts from “better” or “worse” ` +
            'into “level”. '
          : 'Read as plain numbers, they would change none of our verdicts so far. ') +
        'Whether a figure is met does not depend on its deviation.',
    ],
    numbers: {
      caption: 'The same figure in two tables of the paper, with its deviations as printed',
      head: ['Model', 'Tables', 'Validation', 'Deviations', 'Test', 'Deviations'],
      rows: pairs.map(([row, again]) => [
        row.id,
        `${row.table} and ${again.table}`,
        printed(row.table, row.paper.validation.mean),
        both(row.paper.validation.std, again.paper.validation.std),
        printed(row.table, row.paper.test.mean),
        both(row.paper.test.std, again.paper.test.std),
      ]),
    },
  }
}

const both = (a: number, b: number) => `${fixed(100 * a, 3)}% and ${fixed(100 * b, 3)}%`

function differ(a: ReportRow, b: ReportRow): boolean {
  return (['validation', 'test'] as const).some(split => a.paper[split].std !== b.paper[split].std)
}

function asPlain({ table, paper, ours }: ReportRow): ReportRow['verdict'] {
  return ours && verdictOf(table, { mean: paper.test.mean, std: 100 * paper.test.std }, ours.test)
}
