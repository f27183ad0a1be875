import type { Report, ReportRow } from '../../../models/paper/report.ts'
import { DATA } from '../report/names.ts'
import { span } from '../report/numbers.ts'
import { NOT_RUN, type Question } from '../report/question.ts'

/** How many folds have been run, and what that means for the standard deviations. */
export function foldsRun(report: Report): Question {
  return {
    slug: 'counts',
    title: 'Folds run',
    answer: [
      'The paper’s means are over all folds, ours over those that were trained; the tables give their number ' +
        'for each row. A sample standard deviation (divisor n − 1) is given where at least three folds were ' +
        'trained. With fewer, only the paper’s deviation and rounding decide between better, level and ' +
        'worse.',
    ],
    numbers: {
      caption: 'Folds behind the tables’ rows',
      head: ['Data', 'Models trained', 'Folds per model', 'Folds in all'],
      rows: (Object.keys(DATA) as ReportRow['dataset'][]).map(dataset => {
        const ids = new Map(report.rows.filter(row => row.dataset === dataset).map(row => [row.id, row]))
        const ran = [...ids.values()].flatMap(({ ours }) => ours ?? [])
        return [
          DATA[dataset].title,
          `${ran.length}/${ids.size}`,
          span(
            ran.map(({ n }) => n),
            String,
          ) ?? NOT_RUN,
          String(ran[0]?.folds ?? '–'),
        ]
      }),
    },
  }
}
