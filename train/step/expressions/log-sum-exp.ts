import { add, type Expression, exp, fill, log, mul, node, reshape, sub, sum } from './expression.ts'

/**
 * ln Σ exp over the first axis, safe from overflow: [k, n] to [n]. Its derivative is the softmax over that axis.
 */
export function logSumExp(a: Expression): Expression {
  const row = [1, ...a.shape.slice(1)]
  const largest = node('ReduceMax', [a], row, { attributes: { axes: { ints: [0] }, keepdims: { int: 1 } } })
  const rowwise = add(largest, log(sum(exp(sub(a, largest)), [0], true)))
  const value = reshape(rowwise, a.shape.slice(1))
  const y: Expression = {
    ...value,
    parents: [a],
    pullback: g => [mul(reshape(fill(g, y), row), exp(sub(a, rowwise)))],
  }
  return y
}
