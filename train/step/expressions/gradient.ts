import { add, constant, type Expression, fill } from './expression.ts'

/**
 * Reverse-mode differentiation of a scalar: the expressions for its gradients with respect to `leaves`, in their
 * order and of their shapes.
 *
 * @param seed what the gradients are multiplied by, a scalar; 1 by default
 * @throws RangeError when `scalar` does not depend on a leaf; Error when the path runs through an operator without a
 *   derivative
 */
export function gradients(
  scalar: Expression,
  leaves: readonly Expression[],
  seed: Expression = constant(1),
): Expression[] {
  const order = dependents(scalar, new Set(leaves))
  const relevant = new Set(order)
  const adjoint = new Map<Expression, Expression>([[scalar, seed]])
  for (const expression of order.reverse()) {
    const gradient = adjoint.get(expression)
    if (gradient === undefined || leaves.includes(expression)) continue
    if (!expression.pullback) throw new Error(`no derivative for operator ${expression.op}`)
    const pulled = expression.pullback(gradient)
    expression.parents.forEach((parent, i) => {
      const part = pulled[i]
      if (!part || !relevant.has(parent)) return
      const sofar = adjoint.get(parent)
      adjoint.set(parent, sofar ? add(sofar, part) : part)
    })
  }
  return leaves.map(leaf => {
    const gradient = adjoint.get(leaf)
    if (!gradient) throw new RangeError(`the scalar does not depend on ${leaf.name ?? leaf.op}`)
    return fill(gradient, leaf)
  })
}

/** The expressions on a path from `leaves` to `root`, each after those it depends on. */
function dependents(root: Expression, leaves: ReadonlySet<Expression>): Expression[] {
  const visited = new Map<Expression, boolean>()
  const order: Expression[] = []
  function visit(expression: Expression): boolean {
    const known = visited.get(expression)
    if (known !== undefined) return known
    // Every parent is visited: `some` would stop at the first.
    const depends = expression.parents.filter(visit).length > 0 || leaves.has(expression)
    visited.set(expression, depends)
    if (depends) order.push(expression)
    return depends
  }
  visit(root)
  return order
}
