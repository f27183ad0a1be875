import type { Mean, ReportRow } from '../../../models/paper/report.ts'
import { listed, percent, plural } from '../report/numbers.ts'

const paperOf = (row: ReportRow): Mean | undefined => row.paper.test
const oursOf = (row: ReportRow): Mean | undefined => row.ours?.test
const KINDS = ['ae', 'vae'] as const

/** The numbers of layers with the least loss, in the paper and in ours, and those whose losses are within the spread. */
export function depthTrend(rows: readonly ReportRow[]): string[] {
  const phrases = (read: (row: ReportRow) => Mean | undefined) =>
    KINDS.flatMap(kind => {
      const ran = rows.flatMap(row => {
        const loss = read(row)
        return row.kind === kind && loss ? [{ layers: row.layers, ...loss }] : []
      })
      if (ran.length === 0 || ran.length < rows.length / KINDS.length) return []
      const least = ran.reduce((a, b) => (b.mean < a.mean ? b : a))
      const level = ran.filter(
        one => one !== least && one.mean - least.mean <= Math.max(one.std ?? 0, least.std ?? 0),
      )
      const also =
        level.length > 0 ? ` (within the deviation over folds: ${listed(level.map(one => one.layers))})` : ''
      return [`the ${kind.toUpperCase()} of ${plural(least.layers, 'layer')}${also}`]
    })
  const [paper, ours] = [phrases(paperOf), phrases(oursOf)]
  const waiting = rows.filter(row => !row.ours).length
  return [
    `In the paper, the test loss is lowest for ${listed(paper)}.`,
    ours.length > 0 ? `In our results, it is lowest for ${listed(ours)}.` : '',
    ...confounded(rows),
    waiting > 0 ? `${waiting} of the ${rows.length} have not been run yet.` : '',
  ].filter(sentence => sentence !== '')
}

/** That deeper models had fewer epochs, and what that leaves open. */
function confounded(rows: readonly ReportRow[]): string[] {
  const ran = rows.flatMap(({ layers, ours }) => (ours ? [{ layers, ...ours }] : []))
  const [first, last] = [ran[0], ran.at(-1)]
  if (!first || !last || last.epochs >= first.epochs) return []
  const trainings = (own: typeof ran) => own.reduce((sum, { n }) => sum + n, 0)
  const deep = ran.filter(({ layers }) => layers > 4)
  const atEnd = deep.reduce((sum, { bestAtEnd }) => sum + bestAtEnd, 0)
  const falling = atEnd > deep.length ? ': it may have been falling still' : ''
  return [
    `Depth and epochs vary together in ours: ${plural(first.layers, 'layer')} had ` +
      `${first.epochs.toLocaleString('en')} epochs, ${plural(last.layers, 'layer')} ${last.epochs.toLocaleString('en')}; the paper’s all had the same number. ` +
      'So our results do not show from which depth on more layers stop helping.' +
      (deep.length > 0
        ? ` In ${atEnd === 0 ? 'none' : atEnd} of ${plural(trainings(deep), 'training')} of five and more layers the validation ` +
          `loss was lowest at the last epoch${falling}.`
        : ''),
  ]
}

/** The change of the loss from the smallest latent size to the largest. */
export function sizeTrend(rows: readonly ReportRow[]): string {
  const sizes = rows.map(row => row.latentDim)
  const [least, most] = [Math.min(...sizes), Math.max(...sizes)]
  const change = (kind: ReportRow['kind'], read: (row: ReportRow) => Mean | undefined) => {
    const [from, to] = [least, most].map(size => {
      const row = rows.find(one => one.kind === kind && one.latentDim === size)
      return row && read(row)?.mean
    })
    return from === undefined || to === undefined ? undefined : percent(to / from - 1, 0)
  }
  const phrases = KINDS.map(kind => {
    const ours = change(kind, oursOf)
    return `the ${kind.toUpperCase()}’s test loss changes by ${change(kind, paperOf)} (paper)${ours ? ` and ${ours} (ours)` : ''}`
  })
  return `From ${least} to ${most} latent dimensions, ${phrases.join(', ')}.`
}
