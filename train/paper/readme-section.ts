import type { AllFrames } from '../../models/paper/all-frames.ts'
import { type ComparedOn, compareFrames, countLevel, deepAes } from '../../models/paper/compare-frames.ts'
import { isNearerDrawn, placeOf } from '../../models/paper/drawn.ts'
import { countVerdicts, protocolFigures } from '../../models/paper/protocol.ts'
import type { Report, ReportRow } from '../../models/paper/report.ts'
import {
  deepModels,
  distinctRows,
  isMetOnValidation,
  isValidationMetOnTest,
  misses,
  rowAt,
  tally,
} from '../../models/paper/verdict.ts'

/** Around the part of the repository's README that `npm run report` writes. */
const BEGIN = '<!-- made by npm run report -->'
const END = '<!-- end of what npm run report makes -->'

/**
 * Puts the report's summary into a README, between the two comments that mark its place.
 *
 * @throws Error when the README has no such place
 */
export function replaceSummary(readme: string, report: Report, frames: readonly AllFrames[]): string {
  const [begin, end] = [readme.indexOf(BEGIN), readme.indexOf(END)]
  if (begin < 0 || end < begin) throw new Error(`expected ${BEGIN} and ${END}, found none`)
  return `${readme.slice(0, begin + BEGIN.length)}\n${summary(report, frames)}${readme.slice(end)}`
}

/** The verdict as a paragraph, and its reservations as a list. */
function summary(report: Report, frames: readonly AllFrames[]): string {
  const rows = report.rows.filter(row => row.ours)
  const { of, met, run, better, worse, level } = tally(rows)
  const vaes = distinctRows(rows).filter(row => row.kind === 'vae')
  const between = vaes.filter(row => placeOf(row) === 'between')
  const atMu = tally(rows.map(row => rowAt(row, 'mu'))).met
  return [
    `Of the paper's ${of} figures on test images ${met} are met or beaten, ${run - met} are not. By more than the spread ` +
      `${better} are better and ${worse} worse; ${level} are level. The spread is the largest of our deviation over folds, ` +
      `the paper's, and half a unit of the paper's last decimal. VAEs are compared at a z drawn from the posterior: ` +
      `${nearer(vaes)} of their ${vaes.length} figures are nearer to the paper's there than at z = mu, and ` +
      `${nearer(between)} of the ${between.length} where the paper's lies between our two. At z = mu, ${atMu} of the ${of} would be met.`,
    '',
    ...missedKinds(rows),
    ...framesTrainedOn(report, frames),
    ...depth(rows),
    ...protocol(report),
    folds(rows),
    '',
  ].join('\n')
}

const nearer = (rows: readonly ReportRow[]) => rows.filter(isNearerDrawn).length

const KINDS: { what: string; has(row: ReportRow): boolean }[] = [
  { what: "FreyFace's AEs", has: row => row.dataset === 'freyface' && row.kind === 'ae' },
  { what: "FreyFace's VAEs", has: row => row.dataset === 'freyface' },
  { what: 'L1 of models trained on BCE', has: row => row.loss === 'l1' },
  { what: 'BCE and MSE on MNIST and Fashion-MNIST', has: () => true },
]

/** The figures that are not met, by kind. */
function missedKinds(rows: readonly ReportRow[]): string[] {
  const kinds = Map.groupBy(misses(rows), ({ row }) => KINDS.find(kind => kind.has(row))!.what)
  return KINDS.flatMap(({ what }) => {
    const missed = kinds.get(what) ?? []
    if (missed.length === 0) return []
    const most = Math.max(...missed.map(({ row, by }) => by / row.paper.test.mean))
    const held = missed.filter(({ row }) => isMetOnValidation(row)).length
    const tested = missed.filter(({ row }) => isValidationMetOnTest(row)).length
    return [
      `- **Not met: ${what}**, ${missed.length} ${missed.length === 1 ? 'figure' : 'figures'}, by up to ${(100 * most).toFixed(0)}%. ` +
        `The paper's validation figures of the same models are met in ${held} of ${missed.length} cases by ours on held-out folds, ` +
        `and in ${tested} by ours on test images.`,
    ]
  })
}

/** What speaks for and against the guess that the paper's FreyFace test sets had frames that were trained on. */
function framesTrainedOn(report: Report, frames: readonly AllFrames[]): string[] {
  const deep = deepAes(compareFrames(report, frames))
  if (deep.length === 0) return []
  const level = (on: ComparedOn) => countLevel(deep, on)
  const models = [...Map.groupBy(deep, ({ row }) => row.layers)]
  const said = models.map(
    ([layers, own]) =>
      `${layers} layers, ${own[0].folds} ${own[0].folds === 1 ? 'fold' : 'folds'}: ${countLevel(own, 'whenDrawn')} of ${own.length}`,
  )
  return [
    `- **FreyFace's test frames** may have been drawn from all frames, those trained on among them. Of ${deep.length} test figures, which are ${models.length} ` +
      `AEs in three losses, ours by the paper's protocol are level with ${level('whenDrawn')} on test sets drawn so (${said.join('; ')}), and with ` +
      `${level('whenKeptOut')} on frames kept out of training. The paper's validation figures are the check: on the folds held out, ours are level with ` +
      `${level('whenHeldOut')} of ${deep.length}. ${level('whenDrawn') > level('whenKeptOut') ? 'That is consistent with the guess, not proof of it.' : 'That does not support the guess.'}`,
  ]
}

/** That the epochs fall with the depth, and how many deep models of large images had not stopped improving. */
function depth(rows: readonly ReportRow[]): string[] {
  const { epochs, trainings, bestAtEnd } = deepModels(rows)
  if (trainings === 0) return []
  return [
    `- **Depth and epochs vary together.** The paper trains for 200 epochs on MNIST and Fashion-MNIST; the rule here, fixed by cost, ` +
      `gives ${epochs[0]} epochs to one layer and ${epochs[1]} to eight. In ${bestAtEnd} of ${trainings} trainings of five to eight layers ` +
      'the validation loss was lowest at the last epoch. So these tables do not show that depth stops helping.',
  ]
}

/** How the paper's protocol does here, and what that leaves open. */
function protocol(report: Report): string[] {
  const figures = protocolFigures(report)
  if (figures.length === 0) return []
  const { level, better, worse } = countVerdicts(figures)
  const models = new Set(figures.map(({ run }) => run.name)).size
  return [
    `- **By the paper's own protocol**, ${models} models were trained here: of their ${figures.length} test figures ${level} are level with the ` +
      `paper's, ${better} better and ${worse} worse. So a difference in code or initialisation is not ruled out.`,
  ]
}

function folds(rows: readonly ReportRow[]): string {
  const models = [...new Map(rows.map(({ id, ours }) => [id, ours!])).values()]
  const all = models.filter(({ n, folds }) => n === folds).length
  const partly = [...Map.groupBy(models, ({ n, folds }) => (n < folds ? n : 0))]
    .filter(([n]) => n > 0)
    .sort(([a], [b]) => b - a)
    .map(([n, { length }]) => `, ${length} on ${n}`)
  return `- **Folds.** ${all} models have run on all folds${partly.join('')}: each cell says how many.`
}
