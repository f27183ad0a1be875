import { variantOf } from '../../../models/paper/lookup.ts'
import type { Report } from '../../../models/paper/report.ts'
import { fixed } from '../../../models/print-number.ts'
import { plural } from '../report/numbers.ts'
import { NOT_RUN, type Question } from '../report/question.ts'

const MODELS = [
  ['AE, 4 layers', 'frey-ae-l4-z2-mse'],
  ['VAE, 4 layers', 'frey-vae-l4-z2-mse'],
] as const

/** How FreyFace was divided: number of folds, and shuffled or not. */
export function folds(report: Report): Question {
  const pairs = MODELS.map(([title, id]) => {
    const contiguous = variantOf(report, `${id}-contiguous`)
    return { title, shuffled: contiguous?.usual, contiguous }
  })
  const factors = pairs.flatMap(({ title, shuffled, contiguous }) =>
    shuffled && contiguous
      ? [`${fixed(contiguous.test.mse / shuffled.test.mse, 1)} times as large for the ${title.split(',')[0]}`]
      : [],
  )
  const most = Math.max(...pairs.flatMap(({ contiguous }) => contiguous?.n ?? []))
  return {
    slug: 'folds',
    title: 'FreyFace: ten folds, or five? Shuffled, or not?',
    answer: [
      'The text says that 1,565 images are divided into ten folds, and that 1,252 of them are trained on and ' +
        '313 held out. These are four fifths and one fifth; a tenth would be 156 or 157. We use five folds.',
      'The images are consecutive frames of a film, and the paper does not say how the 400 for testing were chosen. A ' +
        'shuffled split leaves near copies of every test frame among the training frames; a contiguous one tests on a ' +
        'part of the film that training has not seen. We shuffle, with a seed.',
      factors.length > 0
        ? `The choice matters: with a contiguous split, the test MSE is ${factors.join(' and ')}, on ${plural(most, 'fold')} of each split.`
        : `The contiguous split: ${NOT_RUN}.`,
    ],
    numbers: {
      caption: 'FreyFace, MSE in squared intensity per pixel, of the VAE at z drawn',
      head: ['Model and split', 'Folds', 'Validation', 'Test'],
      rows: pairs.flatMap(({ title, shuffled, contiguous }) => [
        [
          `${title}, shuffled`,
          shuffled && contiguous ? `${contiguous.n}/${contiguous.folds}` : NOT_RUN,
          fixed(shuffled?.validation.mse, 5),
          fixed(shuffled?.test.mse, 5),
        ],
        [
          `${title}, contiguous`,
          contiguous ? `${contiguous.n}/${contiguous.folds}` : NOT_RUN,
          fixed(contiguous?.validation.mse, 5),
          fixed(contiguous?.test.mse, 5),
        ],
      ]),
    },
  }
}
