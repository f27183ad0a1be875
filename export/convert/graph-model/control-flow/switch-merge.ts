import type { GraphNode, NodeSet, Source } from '../topology/read-graph-model.ts'
import type { Tensor } from '../topology/tensor.ts'
import { convertIf } from './branches.ts'
import { type Frame, reachedSwitches } from './frames.ts'
import { convertLoop } from './loops.ts'
import { type ConvertNode, type GraphContext, innerScope, read, resultsOf, type Scope } from './scope.ts'

/*
 * Loops and conditions as TensorFlow 1 writes them: Switch and Merge nodes around the parts that run conditionally, and
 * for loops Enter, Exit, NextIteration and LoopCond as well.
 */

/** The nodes that must be converted before an Exit: the inputs of its loop. */
export function exitDependencies({ loops }: Scope, node: GraphNode): string[] {
  const frame = loops.byExit.get(node.name)
  return frame ? frame.enters.flatMap(enter => enter.inputs.map(input => input.node)) : []
}

/** The nodes that must be converted before a Merge outside loops: its condition and the inputs of its branches. */
export function mergeDependencies(scope: Scope, node: GraphNode): string[] {
  const branches = findBranches(scope, node)
  return branches ? [branches.condition.node, ...branches.switches.map(({ inputs }) => inputs[0].node)] : []
}

/** Converts a whole loop, from one of its Exit nodes. */
export const convertExit: ConvertNode = (context, scope, node, stop) => {
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
  const entered = new Map(frame.enters.map(enter => [enter.name, read(scope, enter.inputs[0], stop)]))
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
    condition: variables => context.evaluate(bind(variables), frame.condition),
    body: variables => {
      const inner = bind(variables)
      return frame.variables.map(({ next }) => context.evaluate(inner, next))
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

/** The condition whose branches a Merge outside loops joins: its two inputs read one output each of its Switch nodes. */
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

/** The outputs of Switch nodes that a value reads, by their condition, without those of loops. */
function outputsByCondition(set: NodeSet, loops: Scope['loops'], from: Source): Map<string, Set<number>> {
  const outputs = new Map<string, Set<number>>()
  for (const [name, indices] of reachedSwitches(set, from)) {
    const { inputs } = set.nodes.get(name)!
    if (inputs.length < 2 || loops.loopMerges.has(inputs[0].node)) continue
    const key = JSON.stringify([inputs[1].node, inputs[1].index])
    outputs.set(key, new Set([...(outputs.get(key) ?? []), ...indices]))
  }
  return outputs
}

/** Converts both branches of a condition, from the Merge that joins them. */
export const convertMerge: ConvertNode = (context, scope, node, stop) => {
  const branches = findBranches(scope, node) ?? stop('the condition whose branches it joins cannot be found')
  const body = (source: Source) => () => {
    const inner = innerScope(scope)
    for (const each of branches.switches) {
      const data = resultsOf(scope, each.inputs[0].node)?.[each.inputs[0].index]
      if (data) inner.results.set(each.name, [data, data])
    }
    return [context.evaluate(inner, source)]
  }
  const condition = read(scope, branches.condition, stop)
  return convertIf(
    context.graph,
    node.name,
    condition,
    { whenTrue: body(branches.whenTrue), whenFalse: body(branches.whenFalse) },
    stop,
  )
}

/** Converts a Switch whose branches are not joined, which is possible only if its condition is known. */
export const convertSwitch: ConvertNode = (_, scope, node, stop) => {
  const data = read(scope, node.inputs[0], stop)
  const [known] = read(scope, node.inputs[1], stop).elements ?? []
  return typeof known === 'number' ? [data, data] : stop('its branches do not rejoin')
}
