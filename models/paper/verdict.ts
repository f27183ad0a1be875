import type { Mean, Report, ReportRow, Tally } from './report.ts'

/** Decimals of the paper's means: four in Table 1, three in the others. */
export function decimalsOf(table: number): number {
  return table === 1 ? 4 : 3
}

/**
 * Whether our mean, rounded as the paper rounds, is at most the paper's.
 *
 * @param table number of the paper's table
 */
export function isMet(table: number, paper: number, ours: number): boolean {
  return Number(ours.toFixed(decimalsOf(table))) <= paper
}

/**
 * Compares a mean with the paper's: better (lower) or worse by more than the spread, or level. The spread is the
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

/** A row whose losses are those at z = mu for a VAE, with a new verdict; an AE's row is returned unchanged. */
export function rowAt(row: ReportRow, latent: 'mu' | 'sampled'): ReportRow {
  const { ours, table, paper } = row
  if (latent === 'sampled' || !ours?.atMu) return row
  return {
    ...row,
    ours: { ...ours, ...ours.atMu },
    verdict: verdictOf(table, paper.test, ours.atMu.test),
    met: isMet(table, paper.test.mean, ours.atMu.test.mean),
  }
}

/** A report with every row, and the tally, at one of the two latents. */
export function reportAt(report: Report, latent: 'mu' | 'sampled'): Report {
  const rows = report.rows.map(row => rowAt(row, latent))
  return { ...report, rows, tally: tally(rows) }
}

/**
 * The rows without repetitions: a model and loss that Tables 3 to 5 and Tables 6 to 8 both list counts once. Rows of
 * Tables 1 and 2 count separately, because the paper prints them to other decimals.
 */
export function distinctRows(rows: readonly ReportRow[]): ReportRow[] {
  const seen = new Set<string>()
  return rows.filter(({ table, id, loss }) => {
    const key = table <= 2 ? `${table} ${id}` : `${id} ${loss}`
    return !seen.has(key) && seen.add(key)
  })
}

/** Counts the test figures of some rows, each figure once. */
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

/** Whether our mean over held-out folds meets the paper's; false for a row that has not been run. */
export function isMetOnValidation({ table, paper, ours }: ReportRow): boolean {
  return ours !== null && isMet(table, paper.validation.mean, ours.validation.mean)
}

/** Whether our mean on test images, by which nothing was chosen, meets the paper's on held-out folds; false if not run. */
export function isValidationMetOnTest({ table, paper, ours }: ReportRow): boolean {
  return ours !== null && isMet(table, paper.validation.mean, ours.test.mean)
}

/** A figure that is not met. */
export interface Miss {
  row: ReportRow
  /** Our mean minus the paper's. */
  by: number
}

/** The figures that are not met, each once, sorted by relative distance, the largest first. */
export function misses(rows: readonly ReportRow[]): Miss[] {
  return distinctRows(rows)
    .flatMap(row =>
      row.ours && row.met === false ? [{ row, by: row.ours.test.mean - row.paper.test.mean }] : [],
    )
    .sort((a, b) => b.by / b.row.paper.test.mean - a.by / a.row.paper.test.mean)
}

/**
 * The models of five to eight layers on images of 784 pixels: how many trainings there were, and in how many the
 * validation loss was lowest at the last epoch, so that it may have been falling still. `epochs` are those of the
 * shallowest and of the deepest models on such images.
 */
export function deepModels(rows: readonly ReportRow[]): {
  epochs: [shallowest: number, deepest: number]
  trainings: number
  bestAtEnd: number
} {
  const models = new Map(
    rows.flatMap(row =>
      row.table > 5 && row.dataset !== 'freyface' && row.ours
        ? [[row.id, { layers: row.layers, ours: row.ours }] as const]
        : [],
    ),
  )
  const byDepth = [...models.values()].sort((a, b) => a.layers - b.layers)
  const deep = byDepth.filter(({ layers }) => layers > 4).map(({ ours }) => ours)
  return {
    epochs: [byDepth[0]?.ours.epochs ?? 0, byDepth.at(-1)?.ours.epochs ?? 0],
    trainings: deep.reduce((sum, { n }) => sum + n, 0),
    bestAtEnd: deep.reduce((sum, { bestAtEnd }) => sum + bestAtEnd, 0),
  }
}
