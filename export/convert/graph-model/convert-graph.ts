import type { Builder } from '../graph/builder.ts'
import { ConversionError, fail } from '../graph/conversion-error.ts'
import { convertCall, convertIfNode, convertWhile } from './control-flow/functions.ts'
import { listOperators } from './control-flow/lists.ts'
import { type ConvertNode, type GraphContext, read, resultsOf, type Scope } from './control-flow/scope.ts'
import {
  convertExit,
  convertMerge,
  convertSwitch,
  exitDependencies,
  mergeDependencies,
} from './control-flow/switch-merge.ts'
import { applyOperator, type Operation, type OperatorDefinition } from './operators/operation.ts'
import { OPERATORS, UNCONVERTED } from './operators/table.ts'
import type { GraphModel, GraphNode, Source } from './topology/read-graph-model.ts'
import { knownNumbers, type Tensor, weightTensor } from './topology/tensor.ts'

/** Creates the context in which the nodes of a model are added to a graph. */
export function graphContext(graph: Builder, model: GraphModel): GraphContext {
  const context: GraphContext = {
    graph,
    model,
    evaluate: (scope, source) => evaluate(context, scope, source),
  }
  return context
}

/**
 * The tensor at an output of a node. The nodes it depends on are converted first. A stack replaces recursion, which
 * would overflow in deep graphs.
 *
 * @throws ConversionError naming the node that cannot be converted
 */
function evaluate(context: GraphContext, scope: Scope, source: Source): Tensor {
  const stack = [source.node]
  const open = new Set<string>()
  for (let name = stack.at(-1); name !== undefined; name = stack.at(-1)) {
    if (resultsOf(scope, name)) {
      stack.pop()
      open.delete(name)
      continue
    }
    const node = scope.set.nodes.get(name) ?? fail(`node "${name}" is not in the graph`)
    const missing = dependencies(scope, node).filter(input => !resultsOf(scope, input))
    if (missing.length === 0) {
      scope.results.set(name, convertNode(context, scope, node))
      continue
    }
    open.add(name)
    if (missing.some(input => open.has(input))) fail(`${name} (${node.op}): depends on its own output`)
    stack.push(...missing)
  }
  const tensors = resultsOf(scope, source.node)!
  return (
    tensors[source.index] ??
    fail(`output ${source.index} of node "${source.node}" is read, which has ${tensors.length}`)
  )
}

/** Names of the nodes that must be converted before a node can be. */
function dependencies(scope: Scope, node: GraphNode): string[] {
  if (node.op === 'Exit') return exitDependencies(scope, node)
  if (node.op === 'Merge') return mergeDependencies(scope, node)
  return node.inputs.map(input => input.node)
}

function convertNode(context: GraphContext, scope: Scope, node: GraphNode): readonly Tensor[] {
  const where = `${node.name} (${node.op})`
  const stop = (reason: string): never => fail(`${where}: ${reason}`)
  const special = Object.hasOwn(SPECIAL, node.op) ? SPECIAL[node.op] : undefined
  try {
    if (special) return context.graph.inScope(node.name, () => special(context, scope, node, stop))
    const definition = Object.hasOwn(OPERATORS, node.op)
      ? OPERATORS[node.op]
      : Object.hasOwn(listOperators, node.op)
        ? listOperators[node.op]
        : undefined
    if (!definition) return stop(`this operator is not supported${reasonFor(node.op)}`)
    return convertOperator(context, scope, node, definition, stop)
  } catch (error) {
    if (!(error instanceof ConversionError) || error.message.includes(' (')) throw error
    return stop(error.message)
  }
}

function reasonFor(op: string): string {
  return Object.hasOwn(UNCONVERTED, op) ? `: ${UNCONVERTED[op]}` : ''
}

function convertOperator(
  { graph }: GraphContext,
  scope: Scope,
  node: GraphNode,
  definition: OperatorDefinition,
  stop: (reason: string) => never,
): readonly Tensor[] {
  const inputs = node.inputs.map(source => read(scope, source, stop))
  const text = inputs.find(({ dtype }) => dtype === 'string')
  if (text) stop('strings are not supported')
  const input = (place: number) =>
    inputs[place] ?? stop(`expected an input ${place + 1}, got ${inputs.length}`)
  const operation: Operation = {
    graph,
    name: node.name,
    op: node.op,
    inputs,
    attributes: node.attributes,
    input,
    numbers: (place, what) => knownNumbers(input(place)) ?? stop(`its ${what} are not known before it runs`),
    dim: axis => graph.dim(`${node.name}_${axis}`),
    fail: stop,
  }
  return graph.inScope(node.name, () => applyOperator(definition, operation))
}

/** Converts a constant: numbers that are stored under the node's name. */
const convertConst: ConvertNode = ({ graph, model }, _, node, stop) => {
  const weight = model.weights.get(node.name) ?? stop('its numbers are missing from the weights manifest')
  if (weight.dtype === 'string' || weight.dtype === 'complex64') {
    const value = () => stop(`a constant of type ${weight.dtype} is not supported`)
    return [
      {
        dtype: weight.dtype,
        dims: weight.dims,
        get value(): never {
          return value()
        },
      },
    ]
  }
  return [weightTensor(graph, node.name, weight.dtype, weight.dims, weight.values)]
}

/** Nodes that are not operators on tensors. */
const SPECIAL: Readonly<Record<string, ConvertNode>> = {
  Const: convertConst,
  Placeholder: (_, _scope, _node, stop) => stop('an input that the signature does not list'),
  Argument: (_, _scope, _node, stop) => stop('an argument that is not given'),
  PlaceholderWithDefault: (_, scope, node, stop) => [read(scope, node.inputs[0], stop)],
  NoOp: () => [],
  Assert: () => [],
  Exit: convertExit,
  Merge: convertMerge,
  Switch: convertSwitch,
  Enter: (_, _scope, _node, stop) => stop('is read outside its loop'),
  NextIteration: (_, scope, node, stop) => [read(scope, node.inputs[0], stop)],
  LoopCond: (_, scope, node, stop) => [read(scope, node.inputs[0], stop)],
  While: convertWhile,
  StatelessWhile: convertWhile,
  If: convertIfNode,
  StatelessIf: convertIfNode,
  PartitionedCall: convertCall,
  StatefulPartitionedCall: convertCall,
}

/** The names of control flow and of other nodes that are not operators on tensors, for the documentation. */
export const CONTROL_FLOW: readonly string[] = [...Object.keys(SPECIAL), ...Object.keys(listOperators)]
