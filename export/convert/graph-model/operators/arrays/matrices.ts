import { transpose } from '../../../graph/operators.ts'
import type { Dim, Value } from '../../../graph/value.ts'
import { type Tensor, tensorOf, weightValue } from '../../topology/tensor.ts'
import { fusedActivation } from '../elementwise/activations.ts'
import { type Operation, type OperatorDefinition, type Operators, vectorWeight } from '../operation.ts'

/** A matrix or batch of matrices, with the last two axes swapped if `swap` is true. */
function matrix(operation: Operation, tensor: Tensor, swap: boolean): Value {
  const rank = tensor.dims.length
  if (rank < 2) operation.fail(`expected a matrix, got [${tensor.dims.join(', ')}]`)
  const perm = Array.from({ length: rank }, (_, i) =>
    !swap || i < rank - 2 ? i : i === rank - 2 ? rank - 1 : i - 1,
  )
  if (tensor.weight && rank === 2) return weightValue(operation.graph, tensor, { perm, axis: 1 })
  return swap ? transpose(operation.graph, tensor.value, perm) : tensor.value
}

function product(operation: Operation, swapA: boolean, swapB: boolean): Value {
  const [a, b] = [operation.input(0), operation.input(1)]
  const [left, right] = [matrix(operation, a, swapA), matrix(operation, b, swapB)]
  const [m, n] = [left.dims.at(-1) as Dim, right.dims.at(-2) as Dim]
  if (typeof m === 'number' && typeof n === 'number' && m !== n) {
    operation.fail(`expected matrices that fit, got [${left.dims.join(', ')}] and [${right.dims.join(', ')}]`)
  }
  return operation.graph.op('MatMul', [left, right])
}

const batchMatMul: OperatorDefinition = {
  convert: operation => {
    const { attributes } = operation
    return tensorOf(product(operation, attributes.bool('adj_x', false), attributes.bool('adj_y', false)))
  },
}

const matMul: OperatorDefinition = {
  convert: operation => {
    const { attributes } = operation
    return tensorOf(
      product(operation, attributes.bool('transpose_a', false), attributes.bool('transpose_b', false)),
    )
  },
}

/** A product with its bias and activation. */
const fusedMatMul: OperatorDefinition = {
  convert: operation => {
    const { graph, attributes } = operation
    const [first, ...rest] = attributes.strings('fused_ops')
    const hasBias = first === 'BiasAdd'
    const activations = hasBias ? rest : first === undefined ? [] : [first, ...rest]
    if (activations.length > 1) operation.fail(`fused_ops ${[first, ...rest].join(', ')} are not supported`)
    const [a, b] = [operation.input(0), operation.input(1)]
    const left = matrix(operation, a, attributes.bool('transpose_a', false))
    const right = matrix(operation, b, attributes.bool('transpose_b', false))
    const bias = hasBias ? [vectorWeight(graph, operation.input(2))] : []
    const gemm = left.dims.length === 2 && right.dims.length === 2
    const multiplied = gemm ? graph.op('Gemm', [left, right, ...bias]) : graph.op('MatMul', [left, right])
    const y = gemm || !hasBias ? multiplied : graph.op('Add', [multiplied, bias[0]])
    const [activation] = activations
    return activation === undefined
      ? tensorOf(y)
      : fusedActivation(operation, activation, tensorOf(y), operation.inputs[hasBias ? 3 : 2])
  },
}

/** An einsum, for equations such as `ij,jk->ik`. */
const einsum: OperatorDefinition = {
  convert: operation => {
    const { graph, inputs } = operation
    const equation = operation.attributes.string('equation').replaceAll(' ', '')
    const [left, right] = equation.split('->')
    if (right === undefined || /\./.test(equation))
      operation.fail(`the equation ${equation} is not supported`)
    const sizes = new Map<string, Dim>()
    for (const [i, letters] of left.split(',').entries()) {
      for (const [axis, letter] of [...letters].entries()) sizes.set(letter, operation.input(i).dims[axis])
    }
    const dims = [...right].map(
      letter => sizes.get(letter) ?? operation.fail(`the equation ${equation} has no ${letter} to the left`),
    )
    const values = inputs.map(({ value }) => value)
    return tensorOf(graph.op('Einsum', values, { equation: { string: equation } }, { type: 'float', dims }))
  },
}

/** Products of matrices, Einsum among them, by operator name. */
export const matrixOperators: Operators = {
  MatMul: matMul,
  BatchMatMul: batchMatMul,
  BatchMatMulV2: batchMatMul,
  _FusedMatMul: fusedMatMul,
  Einsum: einsum,
}
