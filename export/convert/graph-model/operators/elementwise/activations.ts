import type { Builder } from '../../../graph/builder.ts'
import { scalar } from '../../../graph/operators.ts'
import type { Value } from '../../../graph/value.ts'
import { type Tensor, tensorOf } from '../../topology/tensor.ts'
import {
  broadcasted,
  elementwiseCast,
  type Operation,
  type OperatorDefinition,
  type Operators,
  unaryOp,
} from '../operation.ts'

const relu6 = (graph: Builder, x: Value) => graph.op('Clip', [x, scalar(graph, 0), scalar(graph, 6)])
const leakyRelu = (graph: Builder, x: Value, alpha: number) =>
  graph.op('LeakyRelu', [x], { alpha: { float: alpha } })

/** x if positive, else alpha·x, with alpha broadcast. */
function prelu(graph: Builder, x: Tensor, alpha: Tensor): Tensor {
  return broadcasted(graph, [x, alpha], (value, slope) => graph.op('PRelu', [value, slope]))
}

/**
 * Applies the activation of a fused operator.
 *
 * @param fused its name in `fused_ops`
 * @param alpha the last input, if the activation has one
 */
export function fusedActivation(
  operation: Operation,
  fused: string,
  x: Tensor,
  alpha: Tensor | undefined,
): Tensor {
  const { graph, attributes } = operation
  switch (fused) {
    case 'Relu':
    case 'Elu':
    case 'Sigmoid':
    case 'Tanh':
      return broadcasted(graph, [x], value => graph.op(fused, [value]))
    case 'Relu6':
      return broadcasted(graph, [x], value => relu6(graph, value))
    case 'LeakyRelu':
      return broadcasted(graph, [x], value =>
        leakyRelu(graph, value, attributes.number('leakyrelu_alpha', 0.2)),
      )
    case 'Prelu':
      return prelu(graph, x, alpha ?? operation.fail('expected the slope of Prelu as its last input'))
    default:
      return operation.fail(`the fused activation ${fused} is not supported`)
  }
}

const onFloats = (emit: (graph: Builder, x: Value, operation: Operation) => Value): OperatorDefinition => ({
  convert: operation => {
    const { graph } = operation
    const x = operation.input(0)
    const floats = x.dtype === 'float32' ? x : tensorOf(elementwiseCast(graph, x, 'float32'))
    return broadcasted(graph, [floats], value => emit(graph, value, operation))
  },
})

/** An operator along the last axis: the sum of the exponentials is not elementwise. */
const alongLast = (op: string): OperatorDefinition => ({
  convert: ({ graph, input }) => tensorOf(graph.op(op, [input(0).value], { axis: { int: -1 } })),
})

/** Activation functions, by operator name. */
export const activationOperators: Operators = {
  Relu: onFloats((graph, x) => graph.op('Relu', [x])),
  Relu6: onFloats(relu6),
  LeakyRelu: onFloats((graph, x, { attributes }) => leakyRelu(graph, x, attributes.number('alpha', 0.2))),
  Prelu: { convert: ({ graph, input }) => prelu(graph, input(0), input(1)) },
  Elu: unaryOp('Elu'),
  Selu: unaryOp('Selu'),
  Sigmoid: unaryOp('Sigmoid'),
  Tanh: unaryOp('Tanh'),
  Softplus: unaryOp('Softplus'),
  Softmax: alongLast('Softmax'),
  LogSoftmax: alongLast('LogSoftmax'),
  ClipByValue: {
    convert: ({ graph, input }) => {
      const [x, low, high] = [input(0), input(1), input(2)]
      return broadcasted(graph, [x], value => graph.op('Clip', [value, low.value, high.value]))
    },
  },
}
