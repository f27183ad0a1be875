import type { Report, ReportRow } from '../../../models/paper/report.ts'
import { distinctRows } from '../../../models/paper/verdict.ts'
import { DATA, decimalsFor, LOSSES } from '../report/names.ts'
import { fixed, meanOf, percent, span } from '../report/numbers.ts'
import type { Question } from '../report/question.ts'
import { rowAt } from '../report/row-at.ts'

/** At which z the losses of VAEs were measured. */
export function drawn(report: Report): Question {
  const vaes = distinctRows(report.rows).filter(row => row.kind === 'vae' && row.ours?.sampled)
  return {
    slug: 'drawn',
    title: 'z = mu, or z drawn?',
    answer: [
      'A VAE can be measured at the mean of its posterior, z = mu, or at a z drawn from it. The paper does not say ' +
        'which its tables are. We measured the same weights both ways: the switch above the tables changes them all.',
      costs(vaes),
    ],
    numbers: {
      caption: 'VAEs on test images, averaged over the models that ran',
      head: ['Loss', 'Models', 'z = mu', 'z drawn', 'Difference', 'Met, z = mu', 'Met, z drawn'],
      rows: (Object.keys(DATA) as ReportRow['dataset'][]).flatMap(dataset =>
        (Object.keys(LOSSES) as ReportRow['loss'][]).flatMap(loss => {
          const group = vaes.filter(row => row.dataset === dataset && row.loss === loss)
          return group.length > 0 ? [line(group)] : []
        }),
      ),
    },
  }
}

function costs(vaes: readonly ReportRow[]): string {
  const shares = vaes.map(share)
  const range = span(shares, value => percent(value))
  if (!range) return 'No VAE has been run yet.'
  return (
    `A drawn z changes a VAE’s test loss by ${range}, on average by ${percent(meanOf(shares))}. Of the ${vaes.length} ` +
    `figures of VAEs that ran, ${metAt(vaes, 'mu')} are met at z = mu and ${metAt(vaes, 'sampled')} at z drawn.`
  )
}

const share = ({ ours }: ReportRow) => ours!.sampled!.test.mean / ours!.test.mean - 1
const metAt = (rows: readonly ReportRow[], latent: 'mu' | 'sampled') =>
  rows.filter(row => rowAt(row, latent).met).length

function line(group: readonly ReportRow[]): string[] {
  const [{ dataset, loss }] = group
  const at = (latent: 'mu' | 'sampled') => meanOf(group.map(row => rowAt(row, latent).ours!.test.mean))
  return [
    `${DATA[dataset].title}, ${LOSSES[loss].title}`,
    String(group.length),
    fixed(at('mu'), decimalsFor(loss)),
    fixed(at('sampled'), decimalsFor(loss)),
    percent(meanOf(group.map(share))),
    String(metAt(group, 'mu')),
    String(metAt(group, 'sampled')),
  ]
}
