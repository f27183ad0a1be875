import type { Builder } from '../../graph/builder.ts'
import type { GraphModel, GraphNode, NodeSet, Source } from '../topology/read-graph-model.ts'
import type { Tensor } from '../topology/tensor.ts'
import { findFrames } from './frames.ts'

/** Context of the conversion of a graph's nodes. */
export interface GraphContext {
  graph: Builder
  model: GraphModel
  /** The tensor at an output of a node, which is converted first, with all that it depends on. */
  evaluate(scope: Scope, source: Source): Tensor
}

/**
 * A set of nodes under conversion, with the results so far. Inside loops and branches a scope has results of its own,
 * and sees those of the scope around it.
 */
export interface Scope {
  set: NodeSet
  loops: ReturnType<typeof findFrames>
  results: Map<string, readonly Tensor[]>
  outer?: Scope
  /** Number of functions around it. */
  depth: number
}

/** Converts a node that is not an operator on tensors, such as a loop. `stop` throws, with the node's name. */
export type ConvertNode = (
  context: GraphContext,
  scope: Scope,
  node: GraphNode,
  stop: (reason: string) => never,
) => readonly Tensor[]

/** An empty scope for a set of nodes. */
export function openScope(set: NodeSet, depth = 0): Scope {
  return { set, loops: findFrames(set), results: new Map(), depth }
}

/** A scope for one computation of a loop's body or of a branch. */
export function innerScope(outer: Scope): Scope {
  return { ...outer, results: new Map(), outer }
}

/** The results of a node, here or in the scopes around; undefined before it is converted. */
export function resultsOf(scope: Scope, node: string): readonly Tensor[] | undefined {
  return scope.results.get(node) ?? (scope.outer && resultsOf(scope.outer, node))
}

/** The tensor that a node reads, which is converted already. */
export function read(scope: Scope, { node, index }: Source, stop: (reason: string) => never): Tensor {
  const tensors = resultsOf(scope, node)
  return tensors?.[index] ?? stop(`reads output ${index} of "${node}", which has ${tensors?.length ?? 0}`)
}
