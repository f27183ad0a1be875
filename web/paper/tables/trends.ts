import type { ReportRow } from '../../../models/paper/report.ts'
import { listed, percent } from '../report/numbers.ts'

const paperOf = (row: ReportRow) => row.paper.test.mean
const oursOf = (row: ReportRow) => row.ours?.test.mean
const KINDS = ['ae', 'vae'] as const

/** The numbers of layers with the least loss, in the paper and in ours. */
export function depthTrend(rows: readonly ReportRow[]): string[] {
  const phrases = (value: (row: ReportRow) => number | undefined) =>
    KINDS.flatMap(kind => {
      const ran = rows.filter(row => row.kind === kind && value(row) !== undefined)
      if (ran.length < rows.length / KINDS.length) return []
      const least = Math.min(...ran.map(row => value(row)!))
      const at = ran.filter(row => value(row) === least).map(row => row.layers)
      return [`the ${kind.toUpperCase()} of ${listed(at)} ${at.join() === '1' ? 'layer' : 'layers'}`]
    })
  const [paper, ours] = [phrases(paperOf), phrases(oursOf)]
  const waiting = rows.filter(row => !row.ours).length
  return [
    `In the paper, the test loss is lowest for ${listed(paper)}.`,
    ours.length > 0 ? `In our results, it is lowest for ${listed(ours)}.` : '',
    waiting > 0 ? `${waiting} of the ${rows.length} have not been run yet.` : '',
  ].filter(sentence => sentence !== '')
}

/** The change of the loss from the smallest latent size to the largest. */
export function sizeTrend(rows: readonly ReportRow[]): string {
  const sizes = rows.map(row => row.latentDim)
  const [least, most] = [Math.min(...sizes), Math.max(...sizes)]
  const change = (kind: ReportRow['kind'], value: (row: ReportRow) => number | undefined) => {
    const [from, to] = [least, most].map(size => {
      const row = rows.find(one => one.kind === kind && one.latentDim === size)
      return row && value(row)
    })
    return from === undefined || to === undefined ? undefined : percent(to / from - 1, 0)
  }
  const phrases = KINDS.map(kind => {
    const ours = change(kind, oursOf)
    return `the ${kind.toUpperCase()}’s test loss changes by ${change(kind, paperOf)} (paper)${ours ? ` and ${ours} (ours)` : ''}`
  })
  return `From ${least} to ${most} latent dimensions, ${phrases.join(', ')}.`
}
