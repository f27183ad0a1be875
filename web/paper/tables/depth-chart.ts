import type { ReportRow } from '../../../models/paper/report.ts'
import type { Line } from '../../plot/chart.ts'

const DEPTHS = [1, 2, 3, 4, 5, 6, 7, 8]

/** A loss over the number of layers: the paper's values as lines, our means as marks with whiskers. */
export function depthLines(rows: readonly ReportRow[]): { x: readonly number[]; lines: Line[] } {
  const along = <T>(kind: ReportRow['kind'], value: (row: ReportRow) => T | null) =>
    DEPTHS.map(layers => {
      const row = rows.find(one => one.kind === kind && one.layers === layers)
      return row ? value(row) : null
    })
  const kinds = [
    ['ae', 1],
    ['vae', 0],
  ] as const
  const paper = kinds.map(
    ([kind, colour]): Line => ({
      values: along(kind, row => row.paper.test.mean),
      colour,
      dashed: kind === 'ae',
    }),
  )
  const ours = kinds.map(
    ([kind, colour]): Line => ({
      values: along(kind, row => row.ours?.test.mean ?? null),
      deviations: along(kind, row => row.ours?.test.std ?? null),
      colour,
      marks: true,
    }),
  )
  return { x: DEPTHS, lines: [...paper, ...ours.filter(({ values }) => values.some(v => v !== null))] }
}
