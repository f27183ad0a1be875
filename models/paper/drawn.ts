import type { ReportRow } from './report.ts'
import { rowAt } from './verdict.ts'

/*
 * Whether the paper's losses of VAEs were measured at z = mu or at a z drawn from the posterior, by their distances
 * from ours at both. A drawn z raises every loss of ours. So only a figure of the paper that lies between our two can
 * tell: one above both is nearer to ours at z drawn because our model is the better one, whatever z the paper took,
 * and one below both is nearer at z = mu because ours is the worse one.
 */

/** The difference of our test loss from the paper's, as a share of the paper's. */
export function distanceAt(row: ReportRow, latent: 'mu' | 'sampled'): number {
  const { ours, paper } = rowAt(row, latent)
  return Math.abs(ours!.test.mean / paper.test.mean - 1)
}

/** Whether the paper's test loss is nearer to ours at a drawn z than to ours at z = mu. */
export function isNearerDrawn(row: ReportRow): boolean {
  return distanceAt(row, 'sampled') < distanceAt(row, 'mu')
}

/** Whether the paper's test loss is below both of ours, between them, or above both. */
export function placeOf({ ours, paper }: ReportRow): 'below' | 'between' | 'above' {
  const both = [ours!.test.mean, ours!.atMu!.test.mean]
  if (paper.test.mean < Math.min(...both)) return 'below'
  return paper.test.mean > Math.max(...both) ? 'above' : 'between'
}

/** FreyFace's deep VAEs, which all have one and the same loss in the paper: their posterior seems to have collapsed. */
export function seemsCollapsed({ dataset, kind, layers }: ReportRow): boolean {
  return dataset === 'freyface' && kind === 'vae' && layers > 3
}
