import type { Builder } from '../graph/builder.ts'
import { ConversionError, fail } from '../graph/conversion-error.ts'
import { convertIf } from './control-flow/branches.ts'
import { type Frame, findFrames, reachedSwitches } from './control-flow/frames.ts'
import { listOperators } from './control-flow/lists.ts'
import { convertLoop } from './control-flow/loops.ts'
import { applyOperator, type Operation, type OperatorDefinition } from './operators/operation.ts'
import { OPERATORS, UNCONVERTED } from './operators/table.ts'
import type { GraphModel, GraphNode, NodeSet, Source } from './topology/read-graph-model.ts'
import { knownNumbers, type Tensor, weightTensor } from './topology/tensor.ts'

/** What the conversion of a graph's nodes needs at hand. */
export interface GraphContext {
  graph: Builder
  model: GraphModel
}

/**
 * Nodes under conversion with the results so far. Inside loops and branches a scope has results of its own, and sees
 * those of the one around it.
 */
export interface Scope {
  set: NodeSet
  loops: ReturnType<typeof findFrames>
  results: Map<string, readonly Tensor[]>
  outer?: Scope
  /** How many functions are around it. */
  depth: number
}

const DEEPEST = 32

/** An empty scope for a set of nodes. */
export function openScope(set: NodeSet, depth = 0): Scope {
  return { set, loops: findFrames(set), results: new Map(), depth }
}

const innerScope = (outer: Scope): Scope => ({ ...outer, results: new Map(), outer })

function resultsOf(scope: Scope, node: string): readonly Tensor[] | undefined {
  return scope.results.get(node) ?? (scope.outer && resultsOf(scope.outer, node))
}

/**
 * The tensor at an output of a node. What it depends on is converted first: with a stack, for graphs deeper than calls
 * can go.
 *
 * @throws ConversionError naming the node that cannot be converted
 */
export function evaluate(context: GraphContext, scope: Scope, source: Source): Tensor {
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
  if (node.op === 'Exit') {
    const frame = scope.loops.byExit.get(node.name)
    return frame ? frame.enters.flatMap(enter => enter.inputs.map(input => input.node)) : []
  }
  if (node.op === 'Merge') {
    const branches = findBranches(scope, node)
    return branches ? [branches.condition.node, ...branches.switches.map(({ inputs }) => inputs[0].node)] : []
  }
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
  const inputs = node.inputs.map(source => pick(scope, source, stop))
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

function pick(scope: Scope, { node, index }: Source, stop: (reason: string) => never): Tensor {
  const tensors = resultsOf(scope, node)
  return tensors?.[index] ?? stop(`reads output ${index} of "${node}", which has ${tensors?.length ?? 0}`)
}

type Special = (
  context: GraphContext,
  scope: Scope,
  node: GraphNode,
  stop: (reason: string) => never,
) => readonly Tensor[]

/** Stored numbers, by the node's name. */
const convertConst: Special = ({ graph, model }, _, node, stop) => {
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

/** All results of an old graph's loop, by way of one of its Exit nodes. */
const convertExit: Special = (context, scope, node, stop) => {
  const frame = scope.loops.byExit.get(node.name) ?? stop('belongs to no loop')
  const ends = convertFrame(context, scope, frame, stop)
  for (const [exit, i] of frame.exits) scope.results.set(exit, [ends[i]])
  return [ends[frame.exits.get(node.name)!]]
}

function convertFrame(
  context: GraphContext,
  scope: Scope,
  frame: Frame,
  stop: (reason: string) => never,
): Tensor[] {
  const entered = new Map(frame.enters.map(enter => [enter.name, pick(scope, enter.inputs[0], stop)]))
  const bind = (variables: readonly Tensor[]): Scope => {
    const inner = innerScope(scope)
    for (const [name, tensor] of entered) inner.results.set(name, [tensor])
    for (const [i, { merge }] of frame.variables.entries()) inner.results.set(merge, [variables[i]])
    for (const [name, i] of frame.switches) inner.results.set(name, [variables[i], variables[i]])
    return inner
  }
  if (frame.condition.node === '') return stop('the loop has no condition')
  return convertLoop(context.graph, {
    name: frame.name.replace(/[^\w/.-]/g, '_'),
    initial: frame.variables.map(({ enter }) => entered.get(enter)!),
    condition: variables => evaluate(context, bind(variables), frame.condition),
    body: variables => {
      const inner = bind(variables)
      return frame.variables.map(({ next }) => evaluate(context, inner, next))
    },
    fail: stop,
  })
}

interface Branches {
  condition: Source
  /** Switch nodes with that condition. */
  switches: GraphNode[]
  whenTrue: Source
  whenFalse: Source
}

/** The condition that a Merge outside loops rejoins: the one of which its inputs read one output each. */
function findBranches({ set, loops }: Scope, node: GraphNode): Branches | undefined {
  if (loops.loopMerges.has(node.name) || node.inputs.length !== 2) return undefined
  const [a, b] = node.inputs.map(input => outputsByCondition(set, loops, input))
  for (const condition of new Set([...a.keys(), ...b.keys()])) {
    const [left, right] = [a.get(condition), b.get(condition)]
    const only = (outputs: Set<number> | undefined, index: number) =>
      !outputs || (outputs.size === 1 && outputs.has(index))
    const first = only(left, 0) && only(right, 1)
    const second = only(left, 1) && only(right, 0)
    if (first === second) continue
    const [name, index] = JSON.parse(condition) as [string, number]
    const switches = [...set.nodes.values()].filter(
      each => each.op === 'Switch' && each.inputs[1]?.node === name && each.inputs[1].index === index,
    )
    const [whenFalse, whenTrue] = first ? node.inputs : node.inputs.toReversed()
    return { condition: { node: name, index }, switches, whenTrue, whenFalse }
  }
  return undefined
}

/** The outputs of Switch nodes that a value reads, by their condition; those of loops left out. */
function outputsByCondition(set: NodeSet, loops: Scope['loops'], from: Source): Map<string, Set<number>> {
  const outputs = new Map<string, Set<number>>()
  for (const [name, read] of reachedSwitches(set, from)) {
    const { inputs } = set.nodes.get(name)!
    if (inputs.length < 2 || loops.loopMerges.has(inputs[0].node)) continue
    const key = JSON.stringify([inputs[1].node, inputs[1].index])
    outputs.set(key, new Set([...(outputs.get(key) ?? []), ...read]))
  }
  return outputs
}

const convertMerge: Special = (context, scope, node, stop) => {
  const branches = findBranches(scope, node) ?? stop('the condition that it rejoins cannot be told')
  const body = (source: Source) => () => {
    const inner = innerScope(scope)
    for (const each of branches.switches) {
      const data = resultsOf(scope, each.inputs[0].node)?.[each.inputs[0].index]
      if (data) inner.results.set(each.name, [data, data])
    }
    return [evaluate(context, inner, source)]
  }
  const condition = pick(scope, branches.condition, stop)
  return convertIf(
    context.graph,
    node.name,
    condition,
    { whenTrue: body(branches.whenTrue), whenFalse: body(branches.whenFalse) },
    stop,
  )
}

/** Outside a branch that rejoins, a Switch passes its data on where the condition is known. */
const convertSwitch: Special = (_, scope, node, stop) => {
  const data = pick(scope, node.inputs[0], stop)
  const [known] = pick(scope, node.inputs[1], stop).elements ?? []
  return typeof known === 'number' ? [data, data] : stop('its branches do not rejoin')
}

/** A function of the graph's library applied to tensors. */
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
  return set.results.map(result => evaluate(context, inner, result))
}

const inputsOf = (scope: Scope, node: GraphNode, stop: (reason: string) => never) =>
  node.inputs.map(source => pick(scope, source, stop))

const convertWhile: Special = (context, scope, node, stop) => {
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

const convertIfNode: Special = (context, scope, node, stop) => {
  const [condition, ...values] = inputsOf(scope, node, stop)
  const branch = (name: string) => () => call(context, scope, node.attributes.func(name), values, stop)
  const branches = { whenTrue: branch('then_branch'), whenFalse: branch('else_branch') }
  return convertIf(context.graph, node.name, condition, branches, stop)
}

const convertCall: Special = (context, scope, node, stop) =>
  call(context, scope, node.attributes.func('f'), inputsOf(scope, node, stop), stop)

/** Nodes that are not operators on tensors. */
const SPECIAL: Readonly<Record<string, Special>> = {
  Const: convertConst,
  Placeholder: (_, _scope, _node, stop) => stop('an input that the signature does not list'),
  Argument: (_, _scope, _node, stop) => stop('an argument that is not given'),
  PlaceholderWithDefault: (_, scope, node, stop) => [pick(scope, node.inputs[0], stop)],
  NoOp: () => [],
  Assert: () => [],
  Exit: convertExit,
  Merge: convertMerge,
  Switch: convertSwitch,
  Enter: (_, _scope, _node, stop) => stop('is read outside its loop'),
  NextIteration: (_, scope, node, stop) => [pick(scope, node.inputs[0], stop)],
  LoopCond: (_, scope, node, stop) => [pick(scope, node.inputs[0], stop)],
  While: convertWhile,
  StatelessWhile: convertWhile,
  If: convertIfNode,
  StatelessIf: convertIfNode,
  PartitionedCall: convertCall,
  StatefulPartitionedCall: convertCall,
}

/** Control flow and other nodes that are not operators on tensors, for the documentation. */
export const CONTROL_FLOW: readonly string[] = [...Object.keys(SPECIAL), ...Object.keys(listOperators)]
