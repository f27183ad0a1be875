import { paperWidths, parameterCount } from '../../../models/architecture.ts'
import type { Architecture } from '../../../models/card.ts'
import type { Question } from '../report/question.ts'

/** A row of the paper whose count tells floor from ceiling, and the count printed beside it. */
export const EXAMPLE = { latentDim: 2, layers: 3, inputDim: 784, printed: 1_100_668 } as const

/** Why layers are one feature wider here than the paper's formula makes them. */
export function widths(): Question {
  const { inputDim, latentDim, layers, printed } = EXAMPLE
  const architecture: Architecture = { kind: 'ae', inputDim, latentDim, layers, output: 'sigmoid' }
  const floor = paperWidths(inputDim, latentDim, layers)
  const ceiling = ceilings(inputDim, latentDim, layers)
  return {
    slug: 'widths',
    title: 'The width formula’s rounding',
    answer: [
      'Eq. 1 subtracts a rounded share from the number of pixels, and prints a ceiling. Only the floor gives the numbers ' +
        'of parameters that the paper’s own tables list, all 44 of them. We take the floor.',
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

/** Features at each level as Eq. 1 prints them. */
export function ceilings(inputDim: number, latentDim: number, layers: number): number[] {
  return Array.from(
    { length: layers + 1 },
    (_, i) => inputDim - Math.ceil(((inputDim - latentDim) * i) / layers),
  )
}

/** Weights and biases of an AE with these features, there and back. */
export function count(features: readonly number[]): number {
  return features.slice(1).reduce((sum, to, i) => {
    const from = features[i]
    return sum + 2 * from * to + from + to
  }, 0)
}
