import type { ReportRow } from '../../../models/paper/report.ts'
import { isMet, verdictOf } from '../../../models/paper/verdict.ts'
import type { State } from '../../lab/state.ts'

/** A row as it is with z = mu or with z drawn from the posterior; an AE has nothing to draw. */
export function rowAt(row: ReportRow, latent: State['latent']): ReportRow {
  const { ours, table, paper } = row
  if (latent === 'mu' || !ours?.sampled) return row
  return {
    ...row,
    ours: { ...ours, ...ours.sampled },
    verdict: verdictOf(table, paper.test, ours.sampled.test),
    met: isMet(table, paper.test.mean, ours.sampled.test.mean),
  }
}
