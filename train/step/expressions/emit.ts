import {
  floatTensor,
  int64Tensor,
  type Node,
  type Tensor,
  type Value,
} from '../../../models/onnx/encode-model.ts'
import type { Expression } from './expression.ts'

/** Part of an ONNX graph: nodes in topological order, the constants they use, and the leaves that must be fed. */
export interface Emission {
  nodes: Node[]
  initializers: Tensor[]
  inputs: Value[]
}

/**
 * Lowers named expressions to ONNX nodes. Structurally equal expressions become one node; constants too.
 *
 * @param outputs each value by the name it is to have in the graph
 * @param prefix put before generated names, so that two emissions may share a scope
 */
export function emit(outputs: Readonly<Record<string, Expression>>, prefix = ''): Emission {
  const nodes: Node[] = []
  const initializers: Tensor[] = []
  const inputs: Value[] = []
  const names = new Map<Expression, string>()
  const bySignature = new Map<string, string>()
  const wanted = new Map(Object.entries(outputs).map(([name, expression]) => [expression, name]))

  function nameOf(expression: Expression): string {
    const known = names.get(expression)
    if (known !== undefined) return known
    const name = lower(expression)
    names.set(expression, name)
    return name
  }

  function lower(expression: Expression): string {
    const { op, attributes, data, type, shape } = expression
    const operands = expression.inputs.map(nameOf)
    const signature = JSON.stringify([op, expression.name, operands, attributes, data, type, data && shape])
    const same = bySignature.get(signature)
    if (same !== undefined) return same
    const fresh = () => `${prefix}${op.toLowerCase()}_${bySignature.size}`
    const name = expression.name ?? (data ? undefined : wanted.get(expression)) ?? fresh()
    bySignature.set(signature, name)
    if (op === 'leaf') inputs.push({ name, type, dims: shape })
    else if (data)
      initializers.push((type === 'int64' ? int64Tensor : floatTensor)(name, shape as number[], data))
    else nodes.push({ op, inputs: operands, outputs: [name], attributes })
    return name
  }

  for (const [name, expression] of Object.entries(outputs)) {
    // A leaf, a constant, or a value that is another output too already has a name: copy it.
    const own = nameOf(expression)
    if (own !== name) nodes.push({ op: 'Identity', inputs: [own], outputs: [name] })
  }
  return { nodes, initializers, inputs }
}
