import { type Expression, fill, integers, node } from './expression.ts'

/** Joins two tensors that differ only in their last dimension: [..., a] and [..., b] to [..., a + b]. */
export function concat(a: Expression, b: Expression): Expression {
  const [left, right] = [a, b].map(({ shape }) => shape[shape.length - 1])
  if (typeof left !== 'number' || typeof right !== 'number') {
    throw new RangeError(`concat: expected last dimensions that are numbers, got ${left} and ${right}`)
  }
  const y: Expression = node('Concat', [a, b], [...a.shape.slice(0, -1), left + right], {
    attributes: { axis: { int: -1 } },
    pullback: g => {
      const whole = fill(g, y)
      return [slice(whole, 0, left), slice(whole, left, left + right)]
    },
  })
  return y
}

/** Columns `from` up to but not including `to` of the last dimension. Not differentiable. */
function slice(a: Expression, from: number, to: number): Expression {
  const inputs = [a, integers([from]), integers([to]), integers([a.shape.length - 1])]
  return node('Slice', inputs, [...a.shape.slice(0, -1), to - from], {})
}
