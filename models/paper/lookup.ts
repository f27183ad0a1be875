import type { Report, ReportRow, Variant } from './report.ts'

/** The row of a model and a loss in Tables 3 to 8. Rows that stand in two tables have the same figures. */
export function rowOf(
  { rows }: Pick<Report, 'rows'>,
  id: string,
  loss: ReportRow['loss'],
): ReportRow | undefined {
  return rows.find(row => row.table > 2 && row.id === id && row.loss === loss)
}

/** A variant; undefined if it has not been run yet. */
export function variantOf(report: Report, name: string): Variant | undefined {
  return report.variants.find(variant => variant.name === name)
}
