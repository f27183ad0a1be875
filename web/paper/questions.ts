import type { Report } from '../../models/paper/report.ts'
import { collapse } from './questions/collapse.ts'
import { deviations } from './questions/deviations.ts'
import { folds } from './questions/folds.ts'
import { framesTrainedOn } from './questions/frames-trained-on.ts'
import { losses } from './questions/losses.ts'
import { pixel } from './questions/pixel.ts'
import { posteriorDraw } from './questions/posterior-draw.ts'
import { prior } from './questions/prior.ts'
import { below } from './questions/test-below-validation.ts'
import type { Question } from './report/question.ts'

/** The questions that the paper leaves open, answered from the report. */
export function questions(report: Report): Question[] {
  return [posteriorDraw, losses, pixel, prior, folds, collapse, below, framesTrainedOn, deviations].map(
    question => question(report),
  )
}
