import type { AllFrames } from './all-frames.ts'
import { rowOf } from './lookup.ts'
import type { Mean, Report, ReportRow } from './report.ts'
import { spread } from './spread.ts'
import { verdictOf } from './verdict.ts'

/** A figure of the paper, and the same loss over the folds of a FreyFace model trained here by its protocol. */
export interface ComparedFrames {
  row: ReportRow
  folds: number
  trained: Mean
  heldOut: Mean
  keptOut: Mean
  /** On test sets drawn from all frames; the deviation over the folds or over the test sets, whichever is larger. */
  drawn: Mean
  /** Against the paper's test figure: on the drawn test sets, and on frames kept out with the same spread. */
  whenDrawn: Verdict
  whenKeptOut: Verdict
  /** Of the folds held out, against the paper's validation figure. */
  whenHeldOut: Verdict
}
type Verdict = NonNullable<ReportRow['verdict']>

/** The measured models beside the paper's rows, each in the three losses. */
export function compareFrames(report: Pick<Report, 'rows'>, frames: readonly AllFrames[]): ComparedFrames[] {
  return [...Map.groupBy(frames, ({ name }) => name)].flatMap(([name, runs]) =>
    (['bce', 'mse', 'l1'] as const).flatMap(loss => {
      const row = rowOf(report, name.replace(/-paper$/, ''), loss)
      return row ? [compare(row, runs)] : []
    }),
  )
}

function compare(row: ReportRow, runs: readonly AllFrames[]): ComparedFrames {
  const { table, loss, paper } = row
  const own = runs.map(({ losses }) => losses[loss])
  const [trained, heldOut, keptOut] = (['trained', 'heldOut', 'keptOut'] as const).map(choice =>
    spread(own.map(each => each[choice])),
  )
  const { mean, std } = spread(own.map(each => each.drawn.mean))
  const overSets = own.reduce((sum, each) => sum + each.drawn.std, 0) / own.length
  const drawn = { mean, std: Math.max(std ?? 0, overSets) }
  return {
    row,
    folds: own.length,
    trained,
    heldOut,
    keptOut,
    drawn,
    whenDrawn: verdictOf(table, paper.test, drawn),
    whenKeptOut: verdictOf(table, paper.test, { ...drawn, mean: keptOut.mean }),
    whenHeldOut: verdictOf(table, paper.validation, heldOut),
  }
}

/** A choice of frames of which a model's losses are compared with the paper's. */
export type ComparedOn = 'whenDrawn' | 'whenKeptOut' | 'whenHeldOut'

/** How many figures are level with the paper's on a choice of frames. */
export function countLevel(compared: readonly ComparedFrames[], on: ComparedOn): number {
  return compared.filter(each => each[on] === 'level').length
}

/** The AEs of two and more layers, which overfit: only they can tell frames trained on from others. */
export function deepAes(compared: readonly ComparedFrames[]): ComparedFrames[] {
  return compared.filter(({ row }) => row.kind === 'ae' && row.layers > 1)
}
