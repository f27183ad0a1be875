import type { GraphNode } from '../topology/read-graph-model.ts'
import type { Tensor } from '../topology/tensor.ts'
import { convertIf } from './branches.ts'
import { convertLoop } from './loops.ts'
import { type ConvertNode, type GraphContext, openScope, read, type Scope } from './scope.ts'

/* Loops, conditions and calls as TensorFlow 2 writes them: nodes that name functions of the graph's library. */

const DEEPEST = 32

/** Applies a function of the graph's library to tensors. */
function call(
  context: GraphContext,
  scope: Scope,
  name: string,
  values: readonly Tensor[],
  stop: (reason: string) => never,
): Tensor[] {
  const set = context.model.functions.get(name) ?? stop(`function "${name}" is not in the graph's library`)
  if (scope.depth >= DEEPEST) stop(`functions call one another more than ${DEEPEST} deep`)
  if (set.arguments.length !== values.length) {
    stop(`function "${name}": expected ${set.arguments.length} arguments, got ${values.length}`)
  }
  const inner = openScope(set, scope.depth + 1)
  for (const [i, argument] of set.arguments.entries()) inner.results.set(argument, [values[i]])
  return set.results.map(result => context.evaluate(inner, result))
}

const inputsOf = (scope: Scope, node: GraphNode, stop: (reason: string) => never) =>
  node.inputs.map(source => read(scope, source, stop))

/** Converts While and StatelessWhile. */
export const convertWhile: ConvertNode = (context, scope, node, stop) => {
  const [condition, body] = ['cond', 'body'].map(name => node.attributes.func(name))
  return convertLoop(context.graph, {
    name: node.name,
    initial: inputsOf(scope, node, stop),
    condition: variables =>
      call(context, scope, condition, variables, stop)[0] ?? stop('its condition gives nothing'),
    body: variables => call(context, scope, body, variables, stop),
    fail: stop,
  })
}

/** Converts If and StatelessIf. */
export const convertIfNode: ConvertNode = (context, scope, node, stop) => {
  const [condition, ...values] = inputsOf(scope, node, stop)
  const branch = (name: string) => () => call(context, scope, node.attributes.func(name), values, stop)
  const branches = { whenTrue: branch('then_branch'), whenFalse: branch('else_branch') }
  return convertIf(context.graph, node.name, condition, branches, stop)
}

/** Converts a call of a function. */
export const convertCall: ConvertNode = (context, scope, node, stop) =>
  call(context, scope, node.attributes.func('f'), inputsOf(scope, node, stop), stop)
