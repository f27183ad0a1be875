import type { Mean, Report, ReportRow } from '../../models/paper/report.ts'
import { decimalsOf, misses, rowAt, tally } from '../../models/paper/verdict.ts'
import type { Table } from '../sweep/results/table.ts'

const DATA = { mnist: 'MNIST', 'fashion-mnist': 'Fashion-MNIST', freyface: 'FreyFace' } as const
const LOSS = {
  bce: 'BCE in nats per pixel',
  mse: 'MSE in squared intensity per pixel',
  l1: 'L1 in intensity per pixel',
} as const
const MARK = { better: '▼ better', level: '= level', worse: '▲ worse' } as const

/**
 * The report's tables: one for each of the paper's tables and data sets, then the variants.
 *
 * @param wide with deviations, parameters of the runs and the command that trains the row again
 */
export function reportTables(report: Report, wide: boolean): Table[] {
  const tables = [...new Set(report.rows.map(({ table }) => table))]
  return [
    ...tables.flatMap(table =>
      (['mnist', 'fashion-mnist', 'freyface'] as const).flatMap(dataset => {
        const rows = report.rows.filter(row => row.table === table && row.dataset === dataset)
        return rows.length > 0 ? [paperTable(rows, wide)] : []
      }),
    ),
    ...(report.variants.length > 0 ? [variantTable(report, wide)] : []),
  ]
}

/** The tally in three sentences: VAEs at z drawn, and how many would be met with VAEs at z = mu. */
export function describeTally({ rows }: Report): string {
  const { of, run, met, better, level, worse } = tally(rows)
  const atMu = tally(rows.map(row => rowAt(row, 'mu')))
  return (
    `Of the paper's ${of} figures on test images, ${run} have been run: ${met} are met or beaten (ours rounds to the ` +
    `paper's or lower), ${run - met} are not. By more than the spread, ${better} are better and ${worse} worse; ${level} are level. ` +
    `VAEs are measured at z drawn from the posterior; at z = mu ${atMu.met} are met.`
  )
}

/** The figures that are not met, sorted by relative distance, with the difference in the paper's unit. */
export function missed(report: Report): string[] {
  return misses(report.rows).map(
    ({ row, by }) =>
      `Table ${row.table}, ${row.id}, ${row.loss}: ${row.ours!.test.mean.toFixed(4)}, paper ${printed(row.table, row.paper.test.mean)} (+${by.toFixed(4)}, ${((100 * by) / row.paper.test.mean).toFixed(1)}%)`,
  )
}

function paperTable(rows: ReportRow[], wide: boolean): Table {
  const [{ table, loss, dataset }] = rows
  const head = wide
    ? [
        'model',
        'epochs',
        'folds',
        'validation',
        'paper',
        'test',
        'paper',
        '',
        'test, z = mu',
        'KL',
        'active',
        'again',
      ]
    : ['model', 'folds', 'validation', 'paper', 'test', 'paper', '']
  return {
    title: `Table ${table}, ${DATA[dataset]}`,
    caption: `Table ${table}, ${DATA[dataset]}: ${LOSS[loss]} at z drawn (VAEs), ours beside the paper's`,
    head,
    rows: rows.map(row => (wide ? wideRow(row) : narrowRow(row))),
  }
}

function narrowRow(row: ReportRow): string[] {
  const { ours, paper, table } = row
  return [
    row.id,
    ours ? `${ours.n}/${ours.folds}` : '–',
    ours ? mean(ours.validation, 4, false) : '–',
    printed(table, paper.validation.mean),
    ours ? mean(ours.test, 4, false) : '–',
    printed(table, paper.test.mean),
    row.verdict ? MARK[row.verdict] : '',
  ]
}

function wideRow(row: ReportRow): string[] {
  const { ours, paper, table, loss } = row
  const decimals = loss === 'bce' ? 4 : 5
  const theirs = (value: { mean: number; std: number }) =>
    `${printed(table, value.mean)} ± ${value.std.toFixed(decimals)}`
  if (!ours) {
    return [row.id, '–', '–', '–', theirs(paper.validation), '–', theirs(paper.test), '', '–', '–', '–', '']
  }
  return [
    row.id,
    String(ours.epochs),
    `${ours.n} of ${ours.folds}`,
    mean(ours.validation, decimals, true),
    theirs(paper.validation),
    mean(ours.test, decimals, true),
    theirs(paper.test),
    `${MARK[row.verdict!]}${row.met ? '' : ', not met'}`,
    ours.atMu ? mean(ours.atMu.test, decimals, true) : '–',
    ours.kl === null ? '–' : ours.kl.toFixed(2),
    String(Number(ours.activeUnits.toFixed(1))),
    `\`${ours.command}\``,
  ]
}

function variantTable({ variants }: Report, wide: boolean): Table {
  return {
    title: 'Beside the tables',
    caption:
      'The same models trained otherwise: losses per pixel on test images, VAEs at z drawn, KL in nats per image',
    head: [
      'run',
      ...(wide ? ['differs in'] : []),
      'n',
      'BCE',
      'MSE',
      'L1',
      'KL',
      'active',
      ...(wide ? ['again'] : []),
    ],
    rows: variants.map(v => [
      v.name,
      ...(wide ? [v.differs] : []),
      `${v.n}/${v.folds}`,
      v.test.bce.toFixed(4),
      v.test.mse.toFixed(5),
      v.test.l1.toFixed(5),
      v.kl === null ? '–' : v.kl.toFixed(2),
      String(Number(v.activeUnits.toFixed(1))),
      ...(wide ? [`\`${v.command}\``] : []),
    ]),
  }
}

function printed(table: number, value: number): string {
  return value.toFixed(decimalsOf(table))
}

function mean({ mean: value, std }: Mean, decimals: number, wide: boolean): string {
  if (!wide || std === null) return value.toFixed(decimals)
  return `${value.toFixed(decimals)} ± ${std.toFixed(decimals)}`
}
