import type { Report } from '../../models/paper/report.ts'
import { counts } from './differences/counts.ts'
import { machine } from './differences/machine.ts'
import { protocol, recipe } from './differences/recipe.ts'
import { widths } from './differences/widths.ts'
import type { Question } from './report/question.ts'

/** What was done here otherwise than in the paper, and why. */
export function differences(report: Report): Question[] {
  return [recipe(report), protocol(report), counts(report), widths(), machine()]
}
