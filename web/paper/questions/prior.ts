import { variantOf } from '../../../models/paper/lookup.ts'
import type { Report } from '../../../models/paper/report.ts'
import { fixed } from '../../../models/print-number.ts'
import { printed } from '../report/names.ts'
import { NOT_RUN, type Question } from '../report/question.ts'

/** Whether the prior's diag(1, 3) lists variances or standard deviations. */
export function prior(report: Report): Question {
  const row = report.rows.find(({ table, prior: { variance } }) => table === 1 && variance.join() === '1,3')
  const other = variantOf(report, 'mnist-vae-l2-z2-var1x9')
  const ours = row?.ours
  const difference = other?.usual ? other.test.bce - other.usual.test.bce : undefined
  return {
    slug: 'prior',
    figure: 'priors',
    title: 'diag(1, 3): variances, or standard deviations?',
    answer: [
      'The paper writes its priors 𝒩(m, diag(1, 3)) and speaks both of the variance and of the standard deviation. By ' +
        'the notation of its Eq. 45 the second argument is a covariance, so we read variances. Read as deviations, the ' +
        'same prior has the variances 1 and 9.',
      difference === undefined || !row
        ? `The comparison of the two readings: ${NOT_RUN}.`
        : `On the same ${other!.n === 1 ? 'fold' : `${other!.n} folds`}, the test BCE with standard deviations is ${fixed(Math.abs(difference), 4)} nats per pixel ` +
          `${difference > 0 ? 'higher' : 'lower'}; the paper’s own deviation over folds is ${fixed(row.paper.test.std, 4)}. ` +
          (Math.abs(difference) <= row.paper.test.std
            ? 'The table cannot tell one reading from the other.'
            : 'The readings differ by more than the folds do.'),
    ],
    numbers: {
      caption: 'Two-layer VAEs of MNIST on test images: BCE in nats per pixel, KL in nats per image',
      head: ['Prior', 'Folds', 'BCE', 'KL'],
      rows: [
        ['Paper, 𝒩(0, diag(1, 3))', '10', row ? printed(1, row.paper.test.mean) : '–', '–'],
        [
          'Ours, variances 1 and 3',
          ours ? String(ours.n) : NOT_RUN,
          fixed(ours?.test.mean, 4),
          fixed(ours?.kl, 2),
        ],
        [
          'Ours, variances 1 and 3, on the folds of the next row',
          other?.usual ? String(other.n) : NOT_RUN,
          fixed(other?.usual?.test.bce, 4),
          fixed(other?.usual?.kl, 2),
        ],
        [
          'Ours, variances 1 and 9',
          other ? String(other.n) : NOT_RUN,
          fixed(other?.test.bce, 4),
          fixed(other?.kl, 2),
        ],
      ],
    },
  }
}
