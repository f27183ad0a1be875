import type { Report, ReportRow } from '../../../models/paper/report.ts'
import { DATA } from '../report/names.ts'
import { span } from '../report/numbers.ts'
import { NOT_RUN, type Question } from '../report/question.ts'

/** How many folds ran, and what that does to the deviations. */
export function counts(report: Report): Question {
  return {
    slug: 'counts',
    title: 'Folds run',
    answer: [
      'The paper’s means are over all folds. Ours are over those that have been run so far: the tables say how many for ' +
        'each row. A standard deviation (of the sample, over n − 1) stands where at least three ran. With fewer, the ' +
        'paper’s alone judges better and worse.',
    ],
    numbers: {
      caption: 'Folds behind the tables’ rows',
      head: ['Data', 'Models run', 'Folds a model', 'Of'],
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
