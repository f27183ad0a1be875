import { rowOf } from './lookup.ts'
import type { Report, ReportRow, Variant } from './report.ts'
import { verdictOf } from './verdict.ts'

/** A test figure of the paper, and ours of a model that was trained by the paper's protocol. */
export interface ByProtocol {
  row: ReportRow
  run: Variant
  ours: number
  /** By the rule of the verdict, without a deviation of ours. */
  verdict: NonNullable<ReportRow['verdict']>
}

/** All test figures of all models that were trained by the paper's protocol, each once. */
export function protocolFigures(report: Pick<Report, 'rows' | 'variants'>): ByProtocol[] {
  return report.variants
    .filter(({ id, name }) => name === `${id}-paper`)
    .flatMap(run =>
      (['bce', 'mse', 'l1'] as const).flatMap(loss => {
        const row = rowOf(report, run.id, loss)
        if (!row) return []
        const ours = run.test[loss]
        return [{ row, run, ours, verdict: verdictOf(row.table, row.paper.test, { mean: ours, std: null }) }]
      }),
    )
}

/** How many figures by the protocol are level with the paper's, better and worse. */
export function countVerdicts(
  figures: readonly Pick<ByProtocol, 'verdict'>[],
): Record<ByProtocol['verdict'], number> {
  const count = (verdict: ByProtocol['verdict']) => figures.filter(each => each.verdict === verdict).length
  return { level: count('level'), better: count('better'), worse: count('worse') }
}
