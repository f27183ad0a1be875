import { cast } from '../../../graph/operators.ts'
import { tensorOf } from '../../topology/tensor.ts'
import {
  broadcasted,
  elementwiseCast,
  foldElementwise,
  type OperatorDefinition,
  type Operators,
  promoted,
} from '../operation.ts'

const castOperator: OperatorDefinition = {
  convert: ({ graph, input, attributes }) =>
    tensorOf(elementwiseCast(graph, input(0), attributes.dtype('DstT'))),
  fold: ({ input, attributes }) => {
    const x = input(0)
    const dtype = attributes.dtype('DstT')
    if (!x.elements || dtype === 'string') return undefined
    const convert = (value: number) => {
      if (dtype === 'bool') return value !== 0 ? 1 : 0
      return dtype === 'int32' ? Math.trunc(value) : Math.fround(value)
    }
    // A size keeps its name: it is a whole number in each type.
    return foldElementwise([x], dtype, convert, element => (dtype === 'bool' ? undefined : element))
  },
}

/** Selects elements of the second or the third input by the condition in the first, with broadcasting. */
const select: OperatorDefinition = {
  convert: ({ graph, input }) => {
    const [a, b] = promoted(graph, [input(1), input(2)])
    const condition = input(0)
    const isBool = a.dtype === 'bool'
    const [x, y] = isBool ? [a, b].map(t => tensorOf(cast(graph, t.value, 'int32'))) : [a, b]
    const chosen = broadcasted(graph, [condition, x, y], (c, yes, no) => graph.op('Where', [c, yes, no]))
    return isBool ? tensorOf(cast(graph, chosen.value, 'bool')) : chosen
  },
  fold: ({ input }) => {
    const [condition, a, b] = [input(0), input(1), input(2)]
    return foldElementwise(
      [condition, a, b],
      a.dtype,
      (c, yes, no) => (c ? yes : no),
      (c, yes, no) => (typeof c === 'number' ? (c ? yes : no) : undefined),
    )
  },
}

/** Elementwise operators that convert or choose elements and compute nothing. */
export const selectOperators: Operators = {
  Select: select,
  SelectV2: select,
  Cast: castOperator,
}
