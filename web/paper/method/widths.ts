import { paperWidths, parameterCount } from '../../../models/architecture.ts'
import type { Architecture } from '../../../models/card.ts'
import type { Question } from '../report/question.ts'

/**
 * A row of the paper whose parameter count shows whether widths are rounded down or up, with the count that the paper
 * prints.
 */
export const EXAMPLE = { latentDim: 2, layers: 3, inputDim: 784, printed: 1_100_668 } as const

/** How many different numbers of parameters the paper’s tables list. */
export const COUNTS = 40

/** Why layers are one feature wider here than by the paper's formula. */
export function widths(): Question {
  const { inputDim, latentDim, layers, printed } = EXAMPLE
  const architecture: Architecture = { kind: 'ae', inputDim, latentDim, layers, output: 'sigmoid' }
  const floor = paperWidths(inputDim, latentDim, layers)
  const ceiling = ceilings(inputDim, latentDim, layers)
  return {
    slug: 'widths',
    title: 'Rounding in the width formula',
    answer: [
      'Eq. 1 of the paper subtracts a rounded share from the number of pixels, and is printed with rounding ' +
        'up (a ceiling). Only rounding down (a floor) gives the numbers of parameters that the paper’s own ' +
        `tables list, all ${COUNTS} different ones. We round down.`,
    ],
    numbers: {
      caption: `The AE of ${layers} layers on ${inputDim} pixels; the paper’s tables list ${print(printed)} parameters`,
      head: ['Rounding', 'Features', 'Parameters'],
      rows: [
        ['Floor, as here', floor.join(' → '), print(parameterCount(architecture))],
        ['Ceiling, as printed', ceiling.join(' → '), print(count(ceiling))],
      ],
    },
  }
}

const print = (n: number) => n.toLocaleString('en')

/** The features at each level by Eq. 1 as printed, with a ceiling. */
export function ceilings(inputDim: number, latentDim: number, layers: number): number[] {
  return Array.from(
    { length: layers + 1 },
    (_, i) => inputDim - Math.ceil(((inputDim - latentDim) * i) / layers),
  )
}

/** The number of weights and biases of an AE with these features in its encoder, and mirrored in its decoder. */
export function count(features: readonly number[]): number {
  return features.slice(1).reduce((sum, to, i) => {
    const from = features[i]
    return sum + 2 * from * to + from + to
  }, 0)
}
