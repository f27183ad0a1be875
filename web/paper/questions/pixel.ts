import type { Report, ReportRow } from '../../../models/paper/report.ts'
import { fixed } from '../../../models/print-number.ts'
import { DATA, printed } from '../report/names.ts'
import { NOT_RUN, type Question } from '../report/question.ts'

const { pixels } = DATA.mnist

/** Whether the tables' losses are per pixel, and whether the objective sums over pixels. */
export function pixel(report: Report): Question {
  const betas = report.rows.filter(row => row.table === 2)
  const usual = betas.find(row => row.beta === 1)
  const highest = betas.toSorted((a, b) => b.beta - a.beta)[0]
  return {
    slug: 'pixel',
    figure: 'betas',
    title: 'Per pixel, or per image?',
    answer: [
      `Eq. 11 to 13 average over images and over pixels; the bound of Eq. 47 weighs the KL of an image against its whole ` +
        `log-likelihood. The tables can only report the mean over pixels` +
        (usual
          ? `: ${printed(2, usual.paper.test.mean)} nats per pixel are ${printed(2, usual.paper.test.mean)} × ` +
            `${pixels} = ${fixed(usual.paper.test.mean * pixels, 0)} nats for an image of MNIST.`
          : '.'),
      'We train on the sum over pixels (averaged over images, plus β·KL) and report the mean over pixels. If the mean ' +
        `over pixels were trained together with the KL of an image, β would weigh ${pixels} times as much.`,
      atHighest(usual, highest),
    ],
    numbers: {
      caption: `Table 2’s models on test images: BCE at a drawn z, KL and the negative ELBO in nats per image`,
      head: ['β', 'Paper, per pixel', 'Ours, per pixel', 'Ours, per image', 'KL', 'Negative ELBO'],
      rows: betas.map(line),
    },
  }
}

function atHighest(usual: ReportRow | undefined, highest: ReportRow | undefined): string {
  if (!usual?.ours || !highest?.ours || highest === usual)
    return `Ours at β = 1 and at a large β: ${NOT_RUN}.`
  const [paper, ours] = [highest.paper, highest.ours].map(
    ({ test }, i) => test.mean - [usual.paper, usual.ours!][i].test.mean,
  )
  const near = ours > paper / 2 && ours < paper * 2
  const atMu = usual.ours.atMu && highest.ours.atMu && highest.ours.atMu.test.mean - usual.ours.atMu.test.mean
  return (
    `β = ${highest.beta} changes our KL from ${fixed(usual.ours.kl, 1)} to ${fixed(highest.ours.kl, 1)} nats and our ` +
    `BCE from ${fixed(usual.ours.test.mean, 3)} to ${fixed(highest.ours.test.mean, 3)}; the paper’s goes from ` +
    `${printed(2, usual.paper.test.mean)} to ${printed(2, highest.paper.test.mean)}. ` +
    (near
      ? `Our change of the BCE is ${fixed(ours / paper, 1)} times the paper’s` +
        (atMu ? `, and ${fixed(atMu / paper, 1)} times at z = mu. ` : '. ') +
        `If the mean over pixels were trained, the paper’s β = 1 would be ours of ${pixels}. So the paper’s β most likely ` +
        'means the same as ours, and its objective is a sum over pixels.'
      : 'The two changes of the BCE differ by more than a factor of two, so they do not show what the paper’s ' +
        'objective is.')
  )
}

function line({ beta, paper, ours }: ReportRow): string[] {
  const bce = ours?.test.mean
  const image = bce === undefined ? undefined : bce * pixels
  const bound = image === undefined || ours?.kl == null ? undefined : image + ours.kl
  return [
    String(beta),
    printed(2, paper.test.mean),
    fixed(bce, 4),
    fixed(image, 1),
    fixed(ours?.kl, 2),
    fixed(bound, 1),
  ]
}
