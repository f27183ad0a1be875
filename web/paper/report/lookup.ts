import type { Report, ReportRow, Variant } from '../../../models/paper/report.ts'

/** The row of a model and a loss in Tables 3 to 8, where a figure that stands in two tables is the same. */
export function rowOf(report: Report, id: string, loss: ReportRow['loss']): ReportRow | undefined {
  return report.rows.find(row => row.table > 2 && row.id === id && row.loss === loss)
}

/** A run beside the tables; undefined while it has not been run. */
export function variantOf(report: Report, name: string): Variant | undefined {
  return report.variants.find(variant => variant.name === name)
}
