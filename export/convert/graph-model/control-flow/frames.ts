import type { GraphNode, NodeSet, Source } from '../topology/read-graph-model.ts'

/**
 * A loop variable in the old representation: a Merge joins its Enter and NextIteration, and a Switch after it leads to
 * the body or out of the loop.
 */
export interface FrameVariable {
  merge: string
  enter: string
  next: Source
}

/** A loop in the old representation: the nodes of one frame. */
export interface Frame {
  name: string
  variables: FrameVariable[]
  /** Every Enter of the frame, including those of loop invariants. */
  enters: GraphNode[]
  /** The loop continues as long as this is true. */
  condition: Source
  /** Switch nodes of the loop, by the variable that they pass on. */
  switches: Map<string, number>
  /** Exit nodes, by the variable whose last value they give. */
  exits: Map<string, number>
}

/** The loops of a graph, by each of their Exit nodes. A loop without an Exit has no result and is left out. */
export function findFrames({ nodes }: NodeSet): { byExit: Map<string, Frame>; loopMerges: Set<string> } {
  const frames = new Map<string, Frame>()
  const loopMerges = new Set<string>()
  const op = (source: Source | undefined) => (source ? nodes.get(source.node) : undefined)
  for (const node of nodes.values()) {
    if (node.op !== 'Merge') continue
    const enter = node.inputs.map(op).find(input => input?.op === 'Enter')
    const next = node.inputs.map(op).find(input => input?.op === 'NextIteration')
    if (!enter || !next || next.inputs.length === 0) continue
    loopMerges.add(node.name)
    const name = enter.attributes.string('frame_name')
    const frame = frames.get(name) ?? emptyFrame(name)
    frames.set(name, frame)
    frame.variables.push({ merge: node.name, enter: enter.name, next: next.inputs[0] })
  }
  const variableOf = (source: Source | undefined): [Frame, number] | undefined => {
    for (const frame of frames.values()) {
      const i = frame.variables.findIndex(({ merge }) => merge === source?.node)
      if (i >= 0) return [frame, i]
    }
    return undefined
  }
  for (const node of nodes.values()) {
    if (node.op === 'Enter') frames.get(node.attributes.string('frame_name'))?.enters.push(node)
    if (node.op !== 'Switch') continue
    const [frame, i] = variableOf(node.inputs[0]) ?? []
    if (!frame || i === undefined) continue
    frame.switches.set(node.name, i)
    const condition = op(node.inputs[1])
    if (condition?.op === 'LoopCond' && condition.inputs.length > 0) frame.condition = condition.inputs[0]
  }
  const byExit = new Map<string, Frame>()
  for (const node of nodes.values()) {
    if (node.op !== 'Exit') continue
    for (const frame of frames.values()) {
      const i = frame.switches.get(node.inputs[0]?.node)
      if (i === undefined) continue
      frame.exits.set(node.name, i)
      byExit.set(node.name, frame)
    }
  }
  return { byExit, loopMerges }
}

function emptyFrame(name: string): Frame {
  return {
    name,
    variables: [],
    enters: [],
    condition: { node: '', index: 0 },
    switches: new Map(),
    exits: new Map(),
  }
}

/** The Switch nodes that a value depends on, and the outputs of them that it reads. */
export function reachedSwitches({ nodes }: NodeSet, from: Source): Map<string, Set<number>> {
  const reached = new Map<string, Set<number>>()
  const seen = new Set<string>()
  const stack = [from]
  for (let source = stack.pop(); source; source = stack.pop()) {
    const node = nodes.get(source.node)
    if (!node) continue
    if (node.op === 'Switch') reached.set(node.name, (reached.get(node.name) ?? new Set()).add(source.index))
    if (seen.has(node.name)) continue
    seen.add(node.name)
    stack.push(...node.inputs)
  }
  return reached
}
