import type { Report } from '../../models/paper/report.ts'
import { collapse } from './questions/collapse.ts'
import { deviations } from './questions/deviations.ts'
import { folds } from './questions/folds.ts'
import { losses } from './questions/losses.ts'
import { drawn } from './questions/mu-or-drawn.ts'
import { pixel } from './questions/pixel.ts'
import { prior } from './questions/prior.ts'
import { below } from './questions/test-below-validation.ts'
import type { Question } from './report/question.ts'

/** What the paper leaves open, each with its answer from the report. */
export function questions(report: Report): Question[] {
  return [losses, drawn, pixel, prior, folds, collapse, below, deviations].map(ask => ask(report))
}
