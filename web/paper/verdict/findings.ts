import type { Mean, Report, ReportRow } from '../../../models/paper/report.ts'
import { fixed } from '../../../models/print-number.ts'
import { DATA } from '../report/names.ts'
import { listed, plural, signed, span } from '../report/numbers.ts'
import { NOT_RUN, type Numbers } from '../report/question.ts'

/** A finding of the paper, with the evidence in its tables and in ours. */
interface Finding {
  finding: string
  paper: string
  ours: string
  /** Whether our tables show the finding. */
  shown: string
}

/** Reads the paper's or our figure on test images of a row. */
type ReadFigure = (row: ReportRow) => Mean | undefined

const paperOf: ReadFigure = row => row.paper.test
const oursOf: ReadFigure = row => row.ours?.test
const DATASETS = Object.keys(DATA) as ReportRow['dataset'][]

/** The paper's findings as a table, each with the evidence in both sets of tables. */
export function findings(report: Report): Numbers {
  const all = [pairs, sizes, depths, priors, betas].map(find => find(report.rows))
  return {
    caption:
      'Test BCE in nats per pixel. The spread is the largest deviation over folds of the losses compared. A difference within ' +
      'it is no exception, and a finding that rests on one is “undecided”. A finding is confirmed if it holds in at ' +
      'least 90% of the pairs, or for every data set; “in part” if only in some',
    words: true,
    head: ['Finding', 'In the paper’s tables', 'In our tables', 'Confirmed'],
    rows: all.map(({ finding, paper, ours, shown }) => [finding, paper, ours, shown]),
  }
}

/** What is left of a difference beyond the spread: 0 where the losses differ by less. */
function beyond(difference: number, losses: readonly Mean[]): number {
  return Math.abs(difference) > Math.max(...losses.map(({ std }) => std ?? 0)) ? difference : 0
}

/** From this share of the pairs on, a finding counts as shown. */
const SHARE_SHOWN = 0.9

/** Compares each AE with the VAE of the same table, data, layers and latent size. */
function pairs(rows: readonly ReportRow[]): Finding {
  const both = rows
    .filter(row => row.loss === 'bce' && row.table > 2 && row.kind === 'ae')
    .flatMap(ae => {
      const vae = rows.find(
        row => row.table === ae.table && row.kind === 'vae' && row.id === ae.id.replace('-ae-', '-vae-'),
      )
      return vae && (ae.table === 6 || ae.latentDim > 2) ? [[ae, vae] as const] : []
    })
  const count = (read: ReadFigure) => {
    const ran = both.flatMap(([row, other]) => {
      const [ae, vae] = [read(row), read(other)]
      return ae && vae ? [{ row, excess: beyond(ae.mean - vae.mean, [ae, vae]) }] : []
    })
    return { of: ran.length, against: ran.filter(({ excess }) => excess > 0).map(({ row }) => row) }
  }
  const print = ({ of, against }: ReturnType<typeof count>) =>
    `${of - against.length} of ${of} pairs${against.length > 0 ? `; not ${exceptions(against)}` : ''}`
  const ours = count(oursOf)
  return {
    finding: 'The loss of an AE is no larger than that of a VAE of the same size',
    paper: print(count(paperOf)),
    ours: ours.of > 0 ? print(ours) : NOT_RUN,
    shown: ours.of > 0 ? grade(ours.of - ours.against.length, SHARE_SHOWN * ours.of) : NOT_RUN,
  }
}

/** `MNIST with 4 layers and 5 layers`. */
function exceptions(rows: readonly ReportRow[]): string {
  const sizeOf = ({ latentDim, layers }: ReportRow) =>
    latentDim > 2 ? plural(latentDim, 'dimension') : plural(layers, 'layer')
  return [...Map.groupBy(rows, ({ dataset }) => dataset)]
    .map(([dataset, own]) => `${DATA[dataset].title} with ${listed(own.map(sizeOf))}`)
    .join(', ')
}

function sizes(rows: readonly ReportRow[]): Finding {
  const ends = (dataset: ReportRow['dataset'], kind: ReportRow['kind'], read: ReadFigure) =>
    [2, 64].flatMap(size => {
      const row = rows.find(
        one => one.table === 3 && one.dataset === dataset && one.kind === kind && one.latentDim === size,
      )
      return (row && read(row)) ?? []
    })
  const evidenceIn = (read: ReadFigure) =>
    DATASETS.flatMap(dataset => {
      const [ae, vae] = [ends(dataset, 'ae', read), ends(dataset, 'vae', read)]
      if (ae.length < 2 || vae.length < 2) return []
      const [ofAe, ofVae] = [ae, vae].map(([from, to]) => `${fixed(100 * (to.mean / from.mean - 1), 0)}%`)
      const falls = [ae, vae].map(([from, to]) => from.mean - to.mean)
      return [
        {
          text: `${DATA[dataset].title} ${ofAe}, ${ofVae}`,
          more: beyond(falls[0] - falls[1], [...ae, ...vae]) > 0,
        },
      ]
    })
  const ours = evidenceIn(oursOf)
  return {
    finding:
      'From 2 to 64 latent dimensions, the loss of an AE falls more than that of a VAE (change for AE, for VAE)',
    paper: texts(evidenceIn(paperOf)),
    ours: texts(ours),
    shown: ours.length > 0 ? grade(ours.filter(({ more }) => more).length, ours.length) : NOT_RUN,
  }
}

/** Whether a finding is shown that holds in `times` of `of` cases. */
function grade(times: number, of: number): string {
  return times >= of ? 'yes' : times === 0 ? 'no' : 'in part'
}

const texts = (said: readonly { text: string }[]) => said.map(({ text }) => text).join('\n') || NOT_RUN

/** The depths of Table 6, one to eight layers: the best depth is known once all of them have been trained. */
const DEPTHS = 8

/** Tests whether depth stops helping, which it cannot where deeper models were trained for fewer epochs. */
function depths(rows: readonly ReportRow[]): Finding {
  const series = (dataset: ReportRow['dataset'], kind: ReportRow['kind']) =>
    rows.filter(row => row.table === 6 && row.dataset === dataset && row.kind === kind)
  const evidenceIn = (read: ReadFigure) =>
    DATASETS.flatMap(dataset => {
      const best = (['ae', 'vae'] as const).map(kind => {
        const ran = series(dataset, kind).filter(row => read(row) !== undefined)
        return ran.length < DEPTHS ? undefined : ran.reduce((a, b) => (read(b)!.mean < read(a)!.mean ? b : a))
      })
      return best.every(row => row !== undefined)
        ? [{ text: `${DATA[dataset].title} ${best.map(({ layers }) => layers).join(', ')}`, best }]
        : []
    })
  const ours = evidenceIn(oursOf)
  const epochs = (dataset: ReportRow['dataset']) =>
    new Set(
      rows.flatMap(row => (row.table === 6 && row.dataset === dataset && row.ours ? [row.ours.epochs] : [])),
    )
  const confounded = DATASETS.some(dataset => epochs(dataset).size > 1)
  const turns = ours.filter(({ best }) => best.every(({ layers }) => layers > 1 && layers < DEPTHS))
  return {
    finding: 'More layers help only up to a certain number (layers with the lowest loss for AE, for VAE)',
    paper: texts(evidenceIn(paperOf)),
    ours: texts(ours),
    shown:
      ours.length === 0
        ? NOT_RUN
        : confounded
          ? 'not tested: deeper models had fewer epochs'
          : grade(turns.length, ours.length),
  }
}

/** The model of the paper's fourth prior, whose mean and variance both differ from the standard prior's. */
const WORST = 'mnist-vae-l2-z2-mean2x5-var3x1'

function priors(rows: readonly ReportRow[]): Finding {
  const table = rows.filter(row => row.table === 1)
  const evidenceIn = (read: ReadFigure) => {
    const own = table.find(row => row.id === WORST)
    const worst = own && read(own)
    const others = table.filter(row => row.id !== WORST).flatMap(row => read(row) ?? [])
    if (worst === undefined || others.length < table.length - 1) return undefined
    const next = others.reduce((a, b) => (b.mean > a.mean ? b : a))
    const spread = Math.max(worst.std ?? 0, next.std ?? 0)
    return {
      text:
        `${fixed(worst.mean, 4)}, the others ${span(
          others.map(({ mean }) => mean),
          mean => fixed(mean, 4),
        )}; ` + `spread ${fixed(spread, 4)}`,
      excess: beyond(worst.mean - next.mean, [worst, next]),
    }
  }
  const ours = evidenceIn(oursOf)
  return {
    finding: 'Among the priors, 𝒩((2, 5), diag(3, 1)) gives the highest loss',
    paper: evidenceIn(paperOf)?.text ?? '–',
    ours: ours?.text ?? NOT_RUN,
    shown: ours ? decided(ours.excess) : NOT_RUN,
  }
}

/** Whether a finding is shown by a difference beyond the spread. */
function decided(excess: number): string {
  if (excess === 0) return 'undecided'
  return excess > 0 ? 'yes' : 'no'
}

function betas(rows: readonly ReportRow[]): Finding {
  const table = rows.filter(row => row.table === 2)
  const at = (beta: number, read: ReadFigure) => {
    const row = table.find(one => one.beta === beta)
    return row && read(row)
  }
  const evidenceIn = (read: ReadFigure, decimals: number) => {
    const [one, ten] = [at(1, read), at(10, read)]
    if (!one || !ten) return undefined
    const rise = ten.mean - one.mean
    return { text: `${signed(rise, decimals)} from β = 1 to 10`, excess: beyond(rise, [one, ten]) }
  }
  const ours = evidenceIn(oursOf, 4)
  return {
    finding: 'A large β makes reconstruction worse',
    paper: evidenceIn(paperOf, 3)?.text ?? '–',
    ours: ours?.text ?? NOT_RUN,
    shown: ours ? decided(ours.excess) : NOT_RUN,
  }
}
