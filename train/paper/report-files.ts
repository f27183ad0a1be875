import { join } from 'node:path'
import type { Report } from '../../models/paper/report.ts'
import type { Result } from '../../models/paper/result.ts'
import { formatCsv, formatDictionary } from '../sweep/results/csv.ts'
import { summarize } from '../sweep/results/summary.ts'
import { formatMarkdown } from '../sweep/results/table.ts'
import { makeCurves, makeReport } from './make-report.ts'
import { recipeOf } from './recipe-of.ts'
import { describeTally, missed, reportTables } from './report-tables.ts'

/**
 * What `npm run report` writes, by path in the folder of models: the report as data, as a page to read, and the
 * figures' curves. The same results give the same text.
 *
 * @throws Error when there are no results, or those of one name were made with different settings
 */
export function reportFiles(results: Result[]): { report: Report; files: Record<string, string> } {
  if (results.length === 0) throw new Error('no results to report')
  const report = makeReport(results)
  const curves = Object.entries(makeCurves(results))
  return {
    report,
    files: {
      'report.json': `${JSON.stringify({ ...report, recipes: null, rows: null, variants: null }).replace(
        '"recipes":null,"rows":null,"variants":null',
        `\n"recipes":${lines(report.recipes)},\n"rows":${lines(report.rows)},\n"variants":${lines(report.variants)}`,
      )}\n`,
      'curves.json': `{\n${curves.map(([name, curve]) => `"${name}":${JSON.stringify(curve)}`).join(',\n')}\n}\n`,
      [join('results', 'README.md')]: markdown(report),
      'results.csv': formatCsv(summarize(results), recipeOf),
      'results-columns.md': formatDictionary(),
    },
  }
}

/** A JSON list with a line for each item, for version control. */
function lines(items: readonly unknown[]): string {
  return items.length === 0 ? '[]' : `[\n${items.map(item => JSON.stringify(item)).join(',\n')}\n]`
}

function markdown(report: Report): string {
  const failing = missed(report)
  return [
    "# The paper's tables, and ours beside them",
    '',
    `Made by \`npm run report\` from the ${report.runs} results in this folder; not to be edited. ${describeTally(report)}`,
    '',
    'Means ± sample standard deviation (n − 1) over the folds that ran, the mean alone for fewer than three. Losses are ' +
      'per pixel, of VAEs at z drawn from the posterior; KL is in nats per image. ▼ better and ▲ worse: the test figure differs from the paper’s by more ' +
      'than the spread, which is the largest of the two deviations and half a unit of the paper’s last decimal. ' +
      '“Not met”: ours, rounded as the paper’s, is larger.',
    '',
    ...(failing.length > 0
      ? ['## Not met', '', ...failing.map(line => `- ${line}`), '']
      : ['Every figure that was run is met.', '']),
    ...reportTables(report, true).map(formatMarkdown),
  ].join('\n')
}
