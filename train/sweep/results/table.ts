import type { Loss, PaperFigure } from '../../../models/paper/paper-rows.ts'
import type { Mean } from '../../../models/paper/report.ts'
import type { Figure, Summary } from './summary.ts'

/** A table of text: a head, rows with as many cells, and which columns are numbers. */
export interface Table {
  title: string
  /** Description of the figures, with their unit. */
  caption: string
  head: string[]
  rows: string[][]
}

const LOSSES: [Loss, string, string][] = [
  ['bce', 'BCE', 'nats per pixel'],
  ['mse', 'MSE', 'squared intensity per pixel'],
  ['l1', 'L1', 'intensity per pixel'],
]
/** Decimals of each loss, as many as the paper's deviations have. */
const DECIMALS: Record<Loss, number> = { bce: 4, mse: 5, l1: 5 }

/**
 * The tables of a sweep: one for each loss, with validation and test beside the paper's figures, and one for the KL
 * term and active units.
 *
 * @param latent figures at z = mu, or at z drawn from the posterior (VAEs only)
 * @param narrow for a terminal of 80 columns: without epochs and deviations of the paper
 */
export function makeTables(summaries: Summary[], latent: Figure['latent'], narrow: boolean): Table[] {
  const shown = summaries.filter(({ figures }) => figures.some(figure => figure.latent === latent))
  if (shown.length === 0) return []
  const seeds = new Set(shown.map(({ seed }) => seed))
  const label = ({ name, seed }: Summary) => (seeds.size > 1 ? `${name} seed ${seed}` : name)
  const common = (summary: Summary) => [
    label(summary),
    ...(narrow ? [] : [epochsOf(summary)]),
    narrow ? String(summary.n) : foldsOf(summary),
  ]
  const head = ['model', ...(narrow ? [] : ['epochs']), narrow ? 'n' : 'folds']
  const z = latent === 'mu' ? 'z = mu' : 'z drawn from the posterior'
  const layout = { z, latent, narrow, common, head }
  return [
    ...LOSSES.map(([loss, title, unit]) => lossTable(shown, { ...layout, loss, title, unit })),
    // The figures of the posterior do not depend on z: show them once.
    ...(latent === 'mu' ? [posteriorTable(shown, layout)] : []),
  ]
}

interface Layout {
  z: string
  latent: Figure['latent']
  narrow: boolean
  common(summary: Summary): string[]
  head: string[]
}

function lossTable(
  summaries: Summary[],
  { loss, title, unit, z, ...layout }: Layout & { loss: Loss; title: string; unit: string },
): Table {
  const { narrow, latent, common, head } = layout
  const inPaper = summaries.some(({ paper }) => paper[loss].length > 0)
  const decimals = narrow ? 4 : DECIMALS[loss]
  const splits = ['validation', 'test'] as const
  return {
    title,
    caption: `${title} in ${unit} at ${z}${narrow && inPaper ? " (p.: the paper's)" : ''}`,
    head: [
      ...head,
      ...splits,
      ...(inPaper ? splits.map(split => (narrow ? `p. ${short(split)}` : `paper, ${split}`)) : []),
    ],
    rows: summaries.map(summary => [
      ...common(summary),
      ...splits.map(split => showSpread(find(summary, loss, split, latent), decimals, narrow)),
      ...(inPaper ? splits.map(split => showPaper(summary.paper[loss][0]?.[split], decimals, narrow)) : []),
    ]),
  }
}

function posteriorTable(summaries: Summary[], { latent, narrow, common, head }: Layout): Table {
  const columns = [
    ['kl', 'validation', 2],
    ['kl', 'test', 2],
    ['activeUnits', 'validation', 1],
    ['activeUnits', 'test', 1],
  ] as const
  const name = { kl: 'KL', activeUnits: narrow ? 'active' : 'active units' }
  return {
    title: 'KL and active units',
    caption: 'KL in nats per image, active units in latent dimensions',
    head: [...head, ...columns.map(([metric, split]) => `${name[metric]}, ${narrow ? short(split) : split}`)],
    rows: summaries.map(summary => [
      ...common(summary),
      ...columns.map(([metric, split, decimals]) =>
        showSpread(find(summary, metric, split, latent), decimals, narrow),
      ),
    ]),
  }
}

/** Formats a table for a terminal: aligned columns, the first to the left. */
export function formatText({ caption, head, rows }: Table): string {
  const widths = head.map((cell, i) => Math.max(cell.length, ...rows.map(row => row[i].length)))
  const line = (cells: string[]) =>
    cells
      .map((cell, i) => (i === 0 ? cell.padEnd(widths[i]) : cell.padStart(widths[i])))
      .join('  ')
      .trimEnd()
  const rule = widths.map(width => '─'.repeat(width)).join('──')
  return [caption, line(head), rule, ...rows.map(line)].join('\n')
}

/** Formats a table in Markdown. */
export function formatMarkdown({ title, caption, head, rows }: Table): string {
  const line = (cells: string[]) => `| ${cells.join(' | ')} |`
  const rule = head.map((_, i) => (i === 0 ? ':--' : '--:'))
  return [`### ${title}`, '', `${caption}.`, '', line(head), line(rule), ...rows.map(line), ''].join('\n')
}

function find(
  { figures }: Summary,
  name: Figure['name'],
  split: Figure['split'],
  latent: Figure['latent'],
): Figure | undefined {
  return figures.find(f => f.name === name && f.split === split && f.latent === latent)
}

function showSpread(value: Mean | undefined, decimals: number, narrow: boolean): string {
  if (!value) return '–'
  const mean = value.mean.toFixed(decimals)
  if (value.std === null) return mean
  return `${mean}${narrow ? '±' : ' ± '}${value.std.toFixed(decimals)}`
}

/** As printed: means have three or four decimals. */
function showPaper(figure: PaperFigure | undefined, decimals: number, narrow: boolean): string {
  if (!figure) return '–'
  const mean = String(figure.mean).padEnd(5, '0')
  return narrow ? mean : `${mean} ± ${figure.std.toFixed(decimals)}`
}

function epochsOf({ epochs: [least, most] }: Summary): string {
  return least === most ? String(least) : `${least} to ${most}`
}

function foldsOf({ n, configuration: { data } }: Summary): string {
  return n === data.folds ? String(n) : `${n} of ${data.folds}`
}

function short(split: Figure['split']): string {
  return split === 'validation' ? 'val' : split
}
