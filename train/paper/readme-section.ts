import type { Report, ReportRow } from '../../models/paper/report.ts'
import { distinctRows, isMetOnValidation, misses, rowAt, tally } from '../../models/paper/verdict.ts'

/** Around the part of the repository's README that `npm run report` writes. */
const BEGIN = '<!-- made by npm run report -->'
const END = '<!-- end of what npm run report makes -->'

/**
 * Puts the report's summary into a README, between the two comments that mark its place.
 *
 * @throws Error when the README has no such place
 */
export function replaceSummary(readme: string, report: Report): string {
  const [begin, end] = [readme.indexOf(BEGIN), readme.indexOf(END)]
  if (begin < 0 || end < begin) throw new Error(`expected ${BEGIN} and ${END}, found none`)
  return `${readme.slice(0, begin + BEGIN.length)}\n${summary(report)}${readme.slice(end)}`
}

/** The verdict as a paragraph, and its reservations as a list. */
function summary(report: Report): string {
  const rows = report.rows.filter(row => row.ours)
  const { of, met, run, better, worse, level } = tally(rows)
  const vaes = distinctRows(rows).filter(row => row.kind === 'vae')
  const nearer = vaes.filter(row => distance(rowAt(row, 'sampled')) < distance(rowAt(row, 'mu'))).length
  const atMu = tally(rows.map(row => rowAt(row, 'mu'))).met
  return [
    `Of the paper's ${of} figures on test images ${met} are met or beaten, ${run - met} are not. Beyond the spread over folds ` +
      `${better} are better, ${worse} worse and ${level} level. VAEs are compared at a z drawn from the posterior: ` +
      `${nearer} of their ${vaes.length} figures are nearer to the paper's with a drawn z than at z = mu. At z = mu, ${atMu} of the ${of} would be met.`,
    '',
    ...missedKinds(rows),
    folds(rows),
    '',
  ].join('\n')
}

function distance({ ours, paper }: ReportRow): number {
  return Math.abs(ours!.test.mean / paper.test.mean - 1)
}

const KINDS: { what: string; has(row: ReportRow): boolean }[] = [
  { what: "FreyFace's AEs", has: row => row.dataset === 'freyface' && row.kind === 'ae' },
  { what: "FreyFace's VAEs", has: row => row.dataset === 'freyface' },
  { what: 'L1 of models trained on BCE', has: row => row.loss === 'l1' },
  { what: 'BCE and MSE of models of 784 pixels', has: () => true },
]

/** The figures that are not met, by kind. */
function missedKinds(rows: readonly ReportRow[]): string[] {
  const kinds = Map.groupBy(misses(rows), ({ row }) => KINDS.find(kind => kind.has(row))!.what)
  return KINDS.flatMap(({ what }) => {
    const missed = kinds.get(what) ?? []
    if (missed.length === 0) return []
    const most = Math.max(...missed.map(({ row, by }) => by / row.paper.test.mean))
    const held = missed.filter(({ row }) => isMetOnValidation(row)).length
    return [
      `- **Not met: ${what}**, ${missed.length} ${missed.length === 1 ? 'figure' : 'figures'}, by up to ${(100 * most).toFixed(0)}%. ` +
        `On held-out folds, ours meet the paper's validation figures in ${held} of ${missed.length} cases.`,
    ]
  })
}

function folds(rows: readonly ReportRow[]): string {
  const models = [...new Map(rows.map(({ id, ours }) => [id, ours!])).values()]
  const all = models.filter(({ n, folds }) => n === folds).length
  const few = models.filter(({ n }) => n < 3).length
  const none = few > 0 ? `, ${few} on one or two` : ''
  return `- **Folds.** ${all} models have run on all folds, ${models.length - all - few} on at least three${none}: each cell says how many.`
}
