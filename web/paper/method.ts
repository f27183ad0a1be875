import type { Report } from '../../models/paper/report.ts'
import { comparison } from './method/comparison.ts'
import { foldsRun } from './method/folds-run.ts'
import { machine } from './method/machine.ts'
import { protocol } from './method/protocol.ts'
import { recipe } from './method/recipe.ts'
import { widths } from './method/widths.ts'
import type { Question } from './report/question.ts'

/** How the study was replicated: the comparison, the training and the machine. */
export function method(report: Report): Question[] {
  return [comparison(), recipe(report), protocol(report), foldsRun(report), widths(), machine()]
}
