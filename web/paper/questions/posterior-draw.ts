import type { Report, ReportRow } from '../../../models/paper/report.ts'
import { distinctRows, rowAt } from '../../../models/paper/verdict.ts'
import { fixed } from '../../../models/print-number.ts'
import { rowOf, variantOf } from '../report/lookup.ts'
import { DATA, decimalsFor, LOSSES, printed } from '../report/names.ts'
import { percent, plural, span } from '../report/numbers.ts'
import type { Question } from '../report/question.ts'

type Latent = 'mu' | 'sampled'

/** VAEs that were also trained by the paper's protocol. */
const BY_PROTOCOL = ['mnist-vae-l2-z2', 'frey-vae-l4-z2-mse'] as const

/**
 * Whether the paper's VAE losses are at the posterior's mean or at a draw from it, by their distances to ours at both.
 */
export function posteriorDraw(report: Report): Question {
  const vaes = distinctRows(report.rows).filter(row => row.kind === 'vae' && row.ours?.atMu)
  return {
    slug: 'drawn',
    title: 'z = mu, or z drawn?',
    answer: [
      'A VAE’s loss can be measured at the mean of its posterior, z = mu, or at a z drawn from the posterior, as its ' +
        'training objective is. The paper does not say which of the two its tables report. We measured the same weights both ways.',
      ...evidence(vaes),
      ...protocol(report),
      'So this page compares VAEs at z drawn. The switch above the tables changes them, and the verdict, to z = mu.',
    ],
    numbers: {
      caption: 'VAEs on test images: mean distance of our loss from the paper’s, as a share of the paper’s',
      head: [
        'Loss',
        'Figures',
        'Distance, z = mu',
        'Distance, z drawn',
        'Nearer at z drawn',
        'Met, z = mu',
        'Met, z drawn',
      ],
      rows: (Object.keys(DATA) as ReportRow['dataset'][]).flatMap(dataset =>
        (Object.keys(LOSSES) as ReportRow['loss'][]).flatMap(loss => {
          const group = vaes.filter(row => row.dataset === dataset && row.loss === loss)
          return group.length > 0 ? [groupRow(group)] : []
        }),
      ),
    },
  }
}

function evidence(vaes: readonly ReportRow[]): string[] {
  if (vaes.length === 0) return ['No VAE has been run yet.']
  const shares = vaes.map(({ ours }) => ours!.test.mean / ours!.atMu!.test.mean - 1)
  return [
    `Of our ${plural(vaes.length, 'test figure')} of VAEs, ${nearer(vaes)} are nearer to the paper’s at z drawn. A drawn z changes our ` +
      `losses by ${span(shares, share => percent(share))}.${widestGap(vaes, shares)}`,
  ]
}

/** The latent size at which the choice matters most, and which of the two the paper's figures fit there. */
function widestGap(vaes: readonly ReportRow[], shares: readonly number[]): string {
  const { latentDim } = vaes[shares.indexOf(Math.max(...shares))]
  const group = vaes.filter(row => row.latentDim === latentDim)
  return (
    ` The gap is widest with ${plural(latentDim, 'latent dimension')}: of the ${plural(group.length, 'figure')} there, ` +
    `${nearer(group)} are nearer at z drawn.`
  )
}

/** What the paper's protocol gives at both, which does not depend on our recipes. */
function protocol(report: Report): string[] {
  const sentences = BY_PROTOCOL.flatMap(id => {
    const loss = id.startsWith('frey') ? 'mse' : 'bce'
    const run = variantOf(report, `${id}-paper`)
    const row = rowOf(report, id, loss)
    if (!run?.testAtMu || !row) return []
    const decimals = decimalsFor(loss)
    return [
      `${id}: ${LOSSES[loss].title} ${fixed(run.testAtMu[loss], decimals)} at z = mu, ${fixed(run.test[loss], decimals)} at z drawn, ` +
        `${printed(row.table, row.paper.test.mean)} in the paper`,
    ]
  })
  return sentences.length > 0
    ? [`Trained by the paper’s protocol as it is written, VAEs give: ${sentences.join('; ')}.`]
    : []
}

/** The difference of our test loss from the paper's, as a share of the paper's. */
function distance(row: ReportRow, latent: Latent): number {
  const { ours, paper } = rowAt(row, latent)
  return Math.abs(ours!.test.mean / paper.test.mean - 1)
}

function nearer(rows: readonly ReportRow[]): number {
  return rows.filter(row => distance(row, 'sampled') < distance(row, 'mu')).length
}

function groupRow(group: readonly ReportRow[]): string[] {
  const [{ dataset, loss }] = group
  const meanDistance = (latent: Latent) =>
    group.reduce((sum, row) => sum + distance(row, latent), 0) / group.length
  const met = (latent: Latent) => String(group.filter(row => rowAt(row, latent).met).length)
  return [
    `${DATA[dataset].title}, ${LOSSES[loss].title}`,
    String(group.length),
    `${fixed(100 * meanDistance('mu'), 1)}%`,
    `${fixed(100 * meanDistance('sampled'), 1)}%`,
    String(nearer(group)),
    met('mu'),
    met('sampled'),
  ]
}
