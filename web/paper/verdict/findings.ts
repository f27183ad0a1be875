import type { Report, ReportRow } from '../../../models/paper/report.ts'
import { fixed } from '../../../models/print-number.ts'
import { DATA } from '../report/names.ts'
import { percent, signed, span } from '../report/numbers.ts'
import { NOT_RUN, type Numbers } from '../report/question.ts'

/** A finding of the paper, with the evidence in its tables and in ours. */
interface Finding {
  finding: string
  paper: string
  ours: string
  /** Whether our tables show the finding: yes, in part or no. */
  shown: string
}

/** Reads the paper's or our figure on test images of a row. */
type ReadFigure = (row: ReportRow) => number | undefined

const paperOf: ReadFigure = row => row.paper.test.mean
const oursOf: ReadFigure = row => row.ours?.test.mean
const DATASETS = Object.keys(DATA) as ReportRow['dataset'][]

/** The paper's findings as a table, each with the evidence in both sets of tables. */
export function findings(report: Report): Numbers {
  const all = [pairs, sizes, depths, priors, betas].map(find => find(report.rows))
  return {
    caption:
      'Test BCE in nats per pixel. A finding is confirmed if it holds in at least 90% of the pairs, or ' +
      'for every data set; “in part” if only in some',
    words: true,
    head: ['Finding', 'In the paper’s tables', 'In our tables', 'Confirmed'],
    rows: all.map(({ finding, paper, ours, shown }) => [finding, paper, ours, shown]),
  }
}

/** From this share of the pairs on, a finding counts as shown. In the paper it holds for 28 of 30. */
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
    const ran = both.filter(pair => pair.every(row => read(row) !== undefined))
    return { of: ran.length, lower: ran.filter(([ae, vae]) => read(ae)! <= read(vae)!).length }
  }
  const print = ({ of, lower }: { of: number; lower: number }) => `${lower} of ${of} pairs`
  const ours = count(oursOf)
  return {
    finding: 'The loss of an AE is no larger than that of a VAE of the same size',
    paper: print(count(paperOf)),
    ours: ours.of > 0 ? print(ours) : NOT_RUN,
    shown: ours.of > 0 ? grade(ours.lower, SHARE_SHOWN * ours.of) : NOT_RUN,
  }
}

function sizes(rows: readonly ReportRow[]): Finding {
  const change = (dataset: ReportRow['dataset'], kind: ReportRow['kind'], read: ReadFigure) => {
    const [from, to] = [2, 64].map(size => {
      const row = rows.find(
        one => one.table === 3 && one.dataset === dataset && one.kind === kind && one.latentDim === size,
      )
      return row && read(row)
    })
    return from === undefined || to === undefined ? undefined : to / from - 1
  }
  const evidenceIn = (read: ReadFigure) =>
    DATASETS.flatMap(dataset => {
      const [ae, vae] = [change(dataset, 'ae', read), change(dataset, 'vae', read)]
      return ae === undefined || vae === undefined
        ? []
        : [{ text: `${DATA[dataset].title} ${percent(ae, 0)}, ${percent(vae, 0)}`, more: ae < vae }]
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

function depths(rows: readonly ReportRow[]): Finding {
  const evidenceIn = (read: ReadFigure) =>
    DATASETS.flatMap(dataset => {
      const best = (['ae', 'vae'] as const).map(kind => {
        const ran = rows.filter(
          row => row.table === 6 && row.dataset === dataset && row.kind === kind && read(row) !== undefined,
        )
        return ran.length < DEPTHS ? undefined : ran.reduce((a, b) => (read(b)! < read(a)! ? b : a)).layers
      })
      return best.every(layers => layers !== undefined)
        ? [{ text: `${DATA[dataset].title} ${best.join(', ')}`, turns: best.every(n => n > 1 && n < 8) }]
        : []
    })
  const ours = evidenceIn(oursOf)
  return {
    finding: 'More layers help only up to a certain number (layers with the lowest loss for AE, for VAE)',
    paper: texts(evidenceIn(paperOf)),
    ours: texts(ours),
    shown: ours.length > 0 ? grade(ours.filter(({ turns }) => turns).length, ours.length) : NOT_RUN,
  }
}

/** The model of the paper's fourth prior, whose mean and variance both differ from the standard prior's. */
const WORST = 'mnist-vae-l2-z2-mean2x5-var3x1'

function priors(rows: readonly ReportRow[]): Finding {
  const table = rows.filter(row => row.table === 1)
  const evidenceIn = (read: ReadFigure) => {
    const worst = table.find(row => row.id === WORST)
    const others = table.filter(row => row.id !== WORST).flatMap(row => read(row) ?? [])
    const value = worst && read(worst)
    if (value === undefined || others.length < table.length - 1) return undefined
    const range = span(others, other => fixed(other, 4))
    return { text: `${fixed(value, 4)}, the others ${range}`, worst: value > Math.max(...others) }
  }
  const ours = evidenceIn(oursOf)
  return {
    finding: 'Among the priors, 𝒩((2, 5), diag(3, 1)) gives the highest loss',
    paper: evidenceIn(paperOf)?.text ?? '–',
    ours: ours?.text ?? NOT_RUN,
    shown: ours ? (ours.worst ? 'yes' : 'no') : NOT_RUN,
  }
}

function betas(rows: readonly ReportRow[]): Finding {
  const table = rows.filter(row => row.table === 2)
  const at = (beta: number, read: ReadFigure) => {
    const row = table.find(one => one.beta === beta)
    return row && read(row)
  }
  const evidenceIn = (read: ReadFigure) => {
    const [one, ten] = [at(1, read), at(10, read)]
    return one === undefined || ten === undefined ? undefined : ten - one
  }
  const [paper, ours] = [evidenceIn(paperOf), evidenceIn(oursOf)]
  const print = (value: number | undefined, decimals: number) =>
    value === undefined ? NOT_RUN : `${signed(value, decimals)} from β = 1 to 10`
  return {
    finding: 'A large β makes reconstruction worse',
    paper: print(paper, 3),
    ours: print(ours, 4),
    shown: ours === undefined ? NOT_RUN : ours > 0 ? 'yes' : 'no',
  }
}
