import measured from '../../../models/paper/all-frames.json'
import type { AllFrames } from '../../../models/paper/all-frames.ts'
import {
  type ComparedFrames,
  type ComparedOn,
  compareFrames,
  countLevel,
  deepAes,
} from '../../../models/paper/compare-frames.ts'
import { variantOf } from '../../../models/paper/lookup.ts'
import type { Mean, Report } from '../../../models/paper/report.ts'
import { isMet, isMetOnValidation, isValidationMetOnTest, misses } from '../../../models/paper/verdict.ts'
import { fixed } from '../../../models/print-number.ts'
import { decimalsFor, LOSSES, printed } from '../report/names.ts'
import { listed, meanOf, percent, plural, span } from '../report/numbers.ts'
import type { Question } from '../report/question.ts'

/**
 * Whether the paper's FreyFace test sets had frames that were trained on: what its protocol gives here on test sets of
 * each kind, and on the folds held out.
 */
export function framesTrainedOn(
  report: Report,
  frames: readonly AllFrames[] = measured as AllFrames[],
): Question {
  const compared = compareFrames(report, frames)
  const deep = deepAes(compared)
  const others = compared.filter(each => !deep.includes(each))
  return {
    slug: 'trained-on',
    title: 'FreyFace: did the paper’s test set contain training frames?',
    answer: [
      'Test losses below the validation losses are to be expected if the 400 test frames were drawn from all ' +
        '1,965 frames, not only from those kept out of training. This can be tested: models trained by the ' +
        'paper’s protocol are measured on test sets of both kinds, and on the folds held out.',
      ...tested(frames, deep),
      ...validated(deep),
      ...controls(others),
      ...overfitting(report),
      ...bearing(report),
    ],
    numbers: {
      caption:
        'FreyFace by the paper’s protocol, run here: losses per pixel, of VAEs at z drawn; mean ± standard deviation ' +
        'over the folds (test sets drawn from all frames: over the folds or over the sets, whichever is larger)',
      head: [
        'Model, loss',
        'Folds',
        'Paper, validation',
        'Here, held out',
        'Paper, test',
        'Here, kept out',
        'Drawn from all',
        'Trained on',
      ],
      rows: compared.map(numbersOf),
    },
  }
}

function numbersOf({ row, folds, trained, heldOut, keptOut, drawn }: ComparedFrames): string[] {
  const decimals = decimalsFor(row.loss)
  const both = ({ mean, std }: Mean) =>
    std === null ? fixed(mean, decimals) : `${fixed(mean, decimals)} ± ${fixed(std, decimals)}`
  return [
    `${row.kind.toUpperCase()}, ${plural(row.layers, 'layer')}, ${LOSSES[row.loss].title}`,
    String(folds),
    printed(row.table, row.paper.validation.mean),
    both(heldOut),
    printed(row.table, row.paper.test.mean),
    both(keptOut),
    both(drawn),
    both(trained),
  ]
}

/** Such as `2 of 3 for 2 layers, 0 of 3 for 6 layers`. */
function byDepth(deep: readonly ComparedFrames[], when: ComparedOn): string {
  return [...Map.groupBy(deep, ({ row }) => row.layers)]
    .map(([layers, own]) => `${countLevel(own, when)} of ${own.length} for ${plural(layers, 'layer')}`)
    .join(', ')
}

/** How many figures of ours are lower than the paper's, and how many higher; nothing where all are level. */
function besides(deep: readonly ComparedFrames[], when: ComparedOn): string {
  const count = (verdict: string) => deep.filter(each => each[when] === verdict).length
  const counts = [
    [count('better'), 'lower'],
    [count('worse'), 'higher'],
  ] as const
  const said = counts.filter(([n]) => n > 0).map(([n, how]) => `${n} ${n === 1 ? 'is' : 'are'} ${how}`)
  return said.length > 0 ? `; ${listed(said)}` : ''
}

function tested(frames: readonly AllFrames[], deep: readonly ComparedFrames[]): string[] {
  if (deep.length === 0) return []
  const [{ draws, frames: size }] = frames
  const seen = meanOf(frames.map(each => each.seen))!
  const models = [...Map.groupBy(deep, ({ row }) => row.layers)]
  const byFolds = [...Map.groupBy(models, ([, [{ folds }]]) => folds)].map(
    ([folds, own]) => `those of ${listed(own.map(([layers]) => layers))} layers on ${plural(folds, 'fold')}`,
  )
  const behind = deep.filter(
    ({ row, trained }) => row.loss === 'mse' && !isMet(row.table, row.paper.test.mean, trained.mean),
  )
  return [
    `AEs of ${listed(models.map(([layers]) => layers))} layers were measured on ${draws} test sets of ` +
      `${size} frames drawn from all frames, of which ${Math.round(100 * seen)}% had been trained on; ` +
      `one run for each fold, ${listed(byFolds)}. There, ` +
      `${countLevel(deep, 'whenDrawn')} of the paper’s ${plural(deep.length, 'test figure')} are reproduced: ` +
      `ours are level with them by the rule of the verdict (${byDepth(deep, 'whenDrawn')})${besides(deep, 'whenDrawn')}. On frames kept out of ` +
      `training, ${countLevel(deep, 'whenKeptOut')} of ${deep.length} are. These ${deep.length} figures are those of ` +
      `${plural(models.length, 'model')} in three losses, which rise and fall together: they are not ` +
      `${deep.length} independent tests.` +
      (behind.length > 0
        ? ` The AE of ${listed(behind.map(({ row }) => row.layers))} layers ends above the paper’s test MSE even on frames that it was ` +
          'trained on: at the protocol’s constant rate it fits worse than the paper’s model, so it cannot ' +
          'answer the question.'
        : ''),
  ]
}

/** Whether the same runs give the paper's validation figures, as they must if the claim alone explains its test figures. */
function validated(deep: readonly ComparedFrames[]): string[] {
  if (deep.length === 0) return []
  const [drawn, keptOut, heldOut] = (['whenDrawn', 'whenKeptOut', 'whenHeldOut'] as const).map(when =>
    countLevel(deep, when),
  )
  const above = deep
    .filter(each => each.whenHeldOut === 'worse')
    .map(({ row, heldOut: { mean } }) => mean / row.paper.validation.mean - 1)
  const conclusion =
    drawn > keptOut
      ? 'Taken together, the measurements are consistent with test frames drawn from all frames, but no proof of it.'
      : 'Taken together, the measurements give no reason to believe that the test frames were drawn from all frames.'
  return [
    'The paper’s validation figures are the check. Its validation frames were not trained on, wherever its test frames ' +
      'came from, so the same runs should give these figures on the folds held out here. ' +
      `${heldOut} of ${deep.length} are level (${byDepth(deep, 'whenHeldOut')})${besides(deep, 'whenHeldOut')}` +
      (above.length > 0 ? `, by ${span(above, share => `${fixed(100 * share, 1)}%`)}` : '') +
      `. ${speaks(deep)}${conclusion}`,
  ]
}

/** Of which depths most held-out losses are level with the paper's, as most on the drawn test sets are; of which not. */
function speaks(deep: readonly ComparedFrames[]): string {
  const models = [...Map.groupBy(deep, ({ row }) => row.layers)]
  const most = (own: readonly ComparedFrames[], when: ComparedOn) => countLevel(own, when) > own.length / 2
  const reproduced = models.filter(([, own]) => most(own, 'whenDrawn'))
  const [both, onlyDrawn] = [true, false].map(is =>
    reproduced.filter(([, own]) => most(own, 'whenHeldOut') === is).map(([layers]) => layers),
  )
  return (
    (both.length > 0
      ? `For the AEs of ${listed(both)} layers this speaks for the claim: the same runs give most figures of both kinds. `
      : '') +
    (onlyDrawn.length > 0
      ? `For those of ${listed(onlyDrawn)} layers it speaks against the claim, or against taking our runs for the paper’s: ` +
        'level with it on the drawn test sets and not on held-out frames, they fit their training frames more closely ' +
        'than the paper’s did. '
      : '')
  )
}

/** Models that lose about as much on either kind of frame cannot tell them apart. */
function controls(others: readonly ComparedFrames[]): string[] {
  if (others.length === 0) return []
  const shares = others.map(({ drawn, keptOut }) => drawn.mean / keptOut.mean - 1)
  const names = [
    ...new Set(others.map(({ row }) => `the ${row.kind.toUpperCase()} of ${plural(row.layers, 'layer')}`)),
  ]
  const deepVaes = others.some(({ row }) => row.kind === 'vae' && row.layers > 3)
  return [
    'Models that hardly overfit cannot tell the two kinds of test set apart: on test sets drawn from all ' +
      `frames, the losses of ${listed(names)} differ by ${span(shares, share => percent(share))} from those ` +
      `on frames kept out. On the drawn test sets, ${countLevel(others, 'whenDrawn')} of ${others.length} ` +
      `figures are level with the paper’s; on frames kept out, ${countLevel(others, 'whenKeptOut')}.` +
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
      ? [
          {
            layers,
            seen: run.training,
            heldOut: run.validation.mse,
            best: (run.usual?.validation ?? { mse: ours.validation.mean }).mse,
          },
        ]
      : []
  })
  if (runs.length === 0) return []
  const list = (read: (run: (typeof runs)[number]) => number) => listed(runs.map(run => fixed(read(run), 4)))
  return [
    'More training does not bring our AEs nearer to the paper’s test figures: after the protocol’s 2,000 ' +
      `epochs, the AEs of ${listed(runs.map(({ layers }) => layers))} layers have an MSE of ` +
      `${list(run => run.seen)} on the frames that they were trained on and of ${list(run => run.heldOut)} ` +
      'on the folds held out; ours, which keep the epoch of lowest validation loss, have ' +
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
  const tested = missed.filter(isValidationMetOnTest)
  return [
    'This bears on the verdict. Our AEs are measured on frames kept out of training, and miss ' +
      `${plural(missed.length, 'test figure')} of AEs of ` +
      `${listed([...new Set(missed.map(({ layers }) => layers))].sort())} layers. The paper’s validation ` +
      'figures of the same models and losses, whose frames both studies kept out of training, are met by ' +
      `ours in ${met.length === missed.length ? 'all' : met.length} of these cases on held-out folds, and in ` +
      `${tested.length} on test images, by which nothing was chosen.`,
  ]
}
