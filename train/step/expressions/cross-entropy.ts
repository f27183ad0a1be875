import { type Expression, exp, fill, mul, neg, node, reshape, sub, sum } from './expression.ts'

/**
 * The cross-entropy −Σ y·ln softmax(logits) of each row, whose derivative in the logits is softmax(logits) − y.
 *
 * @param logits [batch, classes]
 * @param y [batch, classes], each row sums to 1
 * @returns [batch], nats
 */
export function crossEntropy(logits: Expression, y: Expression): Expression {
  const logs = node('LogSoftmax', [logits], logits.shape, { attributes: { axis: { int: -1 } } })
  const value = neg(sum(mul(y, logs), [1]))
  const loss: Expression = {
    ...value,
    parents: [logits],
    pullback: g => [mul(reshape(fill(g, loss), [logits.shape[0], 1]), sub(exp(logs), y))],
  }
  return loss
}
