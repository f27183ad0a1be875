import type { Mean, ReportRow, Tally } from './report.ts'

/** Decimals of the paper's means: four in Table 1, three in the others. */
export function decimalsOf(table: number): number {
  return table === 1 ? 4 : 3
}

/**
 * Whether a mean, rounded as the paper rounds its own, is no larger than the paper's.
 *
 * @param table number of the paper's table
 */
export function isMet(table: number, paper: number, ours: number): boolean {
  return Number(ours.toFixed(decimalsOf(table))) <= paper
}

/**
 * How a mean stands to the paper's: better (lower) or worse by more than the spread, or level. The spread is the
 * largest of the two standard deviations over folds and half a unit of the paper's last decimal.
 *
 * @param table number of the paper's table
 */
export function verdictOf(
  table: number,
  paper: { mean: number; std: number },
  ours: Mean,
): 'better' | 'level' | 'worse' {
  const spread = Math.max(paper.std, ours.std ?? 0, 0.5 * 10 ** -decimalsOf(table))
  const difference = ours.mean - paper.mean
  if (Math.abs(difference) <= spread) return 'level'
  return difference < 0 ? 'better' : 'worse'
}

/**
 * Each of the paper's figures once: a model and loss that stands in Tables 3 to 5 and again in 6 to 8 is one figure,
 * those of Tables 1 and 2 are figures of their own.
 */
export function distinctRows(rows: readonly ReportRow[]): ReportRow[] {
  const seen = new Set<string>()
  return rows.filter(({ table, id, loss }) => {
    const key = table <= 2 ? `${table} ${id}` : `${id} ${loss}`
    return !seen.has(key) && seen.add(key)
  })
}

/** Counts the figures of some rows on test images, each once. */
export function tally(rows: readonly ReportRow[]): Tally {
  const distinct = distinctRows(rows)
  const count = (verdict: ReportRow['verdict']) => distinct.filter(row => row.verdict === verdict).length
  return {
    of: distinct.length,
    run: distinct.filter(row => row.ours).length,
    met: distinct.filter(row => row.met).length,
    better: count('better'),
    level: count('level'),
    worse: count('worse'),
  }
}

/** A figure that is not met, and by how much. */
export interface Miss {
  row: ReportRow
  /** Ours less the paper's. */
  by: number
}

/** The figures that are not met, each once, the farthest first by their share of the paper's. */
export function misses(rows: readonly ReportRow[]): Miss[] {
  return distinctRows(rows)
    .flatMap(row =>
      row.ours && row.met === false ? [{ row, by: row.ours.test.mean - row.paper.test.mean }] : [],
    )
    .sort((a, b) => b.by / b.row.paper.test.mean - a.by / a.row.paper.test.mean)
}
