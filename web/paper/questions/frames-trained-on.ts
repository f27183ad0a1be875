import measured from '../../../models/paper/all-frames.json'
import type { AllFrames, FrameLosses } from '../../../models/paper/all-frames.ts'
import type { Report, ReportRow } from '../../../models/paper/report.ts'
import { isMet, isMetOnValidation, misses, verdictOf } from '../../../models/paper/verdict.ts'
import { fixed } from '../../../models/print-number.ts'
import { rowOf, variantOf } from '../report/lookup.ts'
import { LOSSES, printed } from '../report/names.ts'
import { listed, percent, plural, span } from '../report/numbers.ts'
import type { Question } from '../report/question.ts'

/** A test figure of the paper, and the same loss of a model trained by its protocol. */
interface Compared {
  row: ReportRow
  here: FrameLosses
}

/**
 * Whether the paper's FreyFace test sets had frames that were trained on: what its protocol gives here on test sets of
 * each kind.
 */
export function framesTrainedOn(
  report: Report,
  frames: readonly AllFrames[] = measured as AllFrames[],
): Question {
  const compared = frames.flatMap(({ name, losses }) =>
    (Object.keys(LOSSES) as ReportRow['loss'][]).flatMap((loss): Compared[] => {
      const row = rowOf(report, name.replace(/-paper$/, ''), loss)
      return row ? [{ row, here: losses[loss] }] : []
    }),
  )
  const deep = compared.filter(({ row }) => row.kind === 'ae' && row.layers > 1)
  const others = compared.filter(each => !deep.includes(each))
  return {
    slug: 'trained-on',
    title: 'FreyFace: did the paper’s test set contain training frames?',
    answer: [
      'Test losses below the validation losses are to be expected if the 400 test frames were drawn from all ' +
        '1,965 frames, not only from those kept out of training. This can be tested: models trained by the ' +
        'paper’s protocol are measured on test sets of both kinds.',
      ...tested(frames, deep),
      ...controls(others),
      ...overfitting(report),
      ...bearing(report),
    ],
    numbers: {
      caption: 'FreyFace by the paper’s protocol, run here: losses per pixel, of VAEs at z drawn',
      head: [
        'Model, loss',
        'Paper, validation',
        'Paper, test',
        'Here, trained on',
        'Kept out',
        'Drawn from all',
      ],
      rows: compared.map(({ row, here }) => [
        `${row.kind.toUpperCase()}, ${plural(row.layers, 'layer')}, ${LOSSES[row.loss].title}`,
        printed(row.table, row.paper.validation.mean),
        printed(row.table, row.paper.test.mean),
        fixed(here.trained, 4),
        fixed(here.keptOut, 4),
        `${fixed(here.drawn.mean, 4)} ± ${fixed(here.drawn.std, 4)}`,
      ]),
    },
  }
}

/** Level with the paper's test figure, by the rule of the verdict. */
function isLevel({ table, paper }: ReportRow, mean: number, std: number): boolean {
  return verdictOf(table, paper.test, { mean, std }) === 'level'
}
const whenDrawn = ({ row, here: { drawn } }: Compared) => isLevel(row, drawn.mean, drawn.std)
/** With the same spread, so that only the choice of the frames differs. */
const whenKeptOut = ({ row, here: { drawn, keptOut } }: Compared) => isLevel(row, keptOut, drawn.std)

function tested(frames: readonly AllFrames[], deep: readonly Compared[]): string[] {
  if (deep.length === 0) return []
  const [{ draws, frames: size, seen }] = frames
  const byDepth = [...Map.groupBy(deep, ({ row }) => row.layers)]
  const found = byDepth.map(
    ([layers, own]) => `${own.filter(whenDrawn).length} of ${own.length} for ${plural(layers, 'layer')}`,
  )
  const behind = deep.filter(
    ({ row, here }) => row.loss === 'mse' && !isMet(row.table, row.paper.test.mean, here.trained),
  )
  return [
    `AEs of ${listed(byDepth.map(([layers]) => layers))} layers were measured on ${draws} test sets of ` +
      `${size} frames drawn from all frames, of which ${Math.round(100 * seen)}% had been trained on. There, ` +
      `${deep.filter(whenDrawn).length} of the paper’s ${plural(deep.length, 'test figure')} are reproduced: ` +
      `ours are level with them by the rule of the verdict (${found.join(', ')}). On frames kept out of ` +
      `training, ${deep.filter(whenKeptOut).length} of ${deep.length} are.` +
      (behind.length > 0
        ? ` The run of ${listed(behind.map(({ row }) => row.layers))} layers ends above the paper’s test MSE even on frames that it was ` +
          'trained on: at the protocol’s constant rate it fits worse than the paper’s model, so it cannot ' +
          'answer the question.'
        : ''),
  ]
}

/** Models that lose about as much on either kind of frame cannot tell them apart. */
function controls(others: readonly Compared[]): string[] {
  if (others.length === 0) return []
  const shares = others.map(({ here }) => here.drawn.mean / here.keptOut - 1)
  const names = [
    ...new Set(others.map(({ row }) => `the ${row.kind.toUpperCase()} of ${plural(row.layers, 'layer')}`)),
  ]
  const deepVaes = others.some(({ row }) => row.kind === 'vae' && row.layers > 3)
  return [
    'Models that hardly overfit cannot tell the two kinds of test set apart: on test sets drawn from all ' +
      `frames, the losses of ${listed(names)} differ by ${span(shares, share => percent(share))} from those ` +
      `on frames kept out. On the drawn test sets, ${others.filter(whenDrawn).length} of ${others.length} ` +
      `figures are level with the paper’s; on frames kept out, ${others.filter(whenKeptOut).length}.` +
      (deepVaes
        ? ' The paper’s deep VAEs differ clearly from ours on both kinds: the paper’s seem to have collapsed (see above).'
        : ''),
  ]
}

/** What more training does to the AEs: the held-out loss at the end of the protocol, and at our epoch of least loss. */
function overfitting(report: Report): string[] {
  const runs = report.rows.flatMap(({ table, id, kind, layers, dataset, ours }) => {
    const run = variantOf(report, `${id}-paper`)
    const own = table === 7 && dataset === 'freyface' && kind === 'ae' && layers > 1
    return own && run?.training && ours
      ? [{ layers, seen: run.training, heldOut: run.validation.mse, best: ours.validation.mean }]
      : []
  })
  if (runs.length === 0) return []
  const list = (read: (run: (typeof runs)[number]) => number) => listed(runs.map(run => fixed(read(run), 4)))
  return [
    'More training does not bring our AEs nearer to the paper’s test figures: after the protocol’s 2,000 ' +
      `epochs, the AEs of ${listed(runs.map(({ layers }) => layers))} layers have an MSE of ` +
      `${list(run => run.seen)} on the frames that they were trained on and of ${list(run => run.heldOut)} ` +
      'on the fold held out; ours, which keep the epoch of lowest validation loss, have ' +
      `${list(run => run.best)} there. The neighbouring learning rates were tried in the search. What is ` +
      'left is overfitting: 1,252 frames do not determine so many parameters.',
  ]
}

/** How ours compare with the paper's validation figures, where only its test figures are missed. */
function bearing(report: Report): string[] {
  const rows = report.rows.filter(
    ({ table, dataset, kind, layers, ours }) =>
      table > 5 && dataset === 'freyface' && kind === 'ae' && layers > 1 && ours,
  )
  const missed = misses(rows).map(({ row }) => row)
  if (missed.length === 0) return []
  const met = missed.filter(isMetOnValidation)
  return [
    'This bears on the verdict. Our AEs are measured on frames kept out of training, and miss ' +
      `${plural(missed.length, 'test figure')} of AEs of ` +
      `${listed([...new Set(missed.map(({ layers }) => layers))].sort())} layers. The paper’s validation ` +
      'figures of the same models and losses, whose frames both studies kept out of training, are met by ' +
      `ours in ${met.length === missed.length ? 'all' : met.length} of these cases.`,
  ]
}
