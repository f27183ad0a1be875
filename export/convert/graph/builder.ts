import type { Attribute, DataType, Graph } from '../../../models/onnx/encode-model.ts'
import type { Inferred } from './shape-rule.ts'
import { inferShapes } from './shapes.ts'
import type { Constant, Dim, NamedNode, Value } from './value.ts'

/** A graph under construction, to which layers add their operators. */
export interface Builder {
  readonly opset: number
  /** Nodes of the graph, or of the subgraph that is being built. */
  nodes: NamedNode[]
  readonly inputs: Value[]
  readonly constants: Map<string, Value>
  /** By name of a channels-last value, the channels-first value it was transposed from or to. */
  readonly layouts: Map<string, Value>
  /** A graph input. */
  input(name: string, type: DataType, dims: readonly Dim[]): Value
  /**
   * Adds an operator with one output. An input that is left out is null. `made` is the output's type and shape, needed
   * if they cannot be inferred.
   */
  op(
    op: string,
    inputs: readonly (Value | null)[],
    attributes?: Record<string, Attribute>,
    made?: Inferred,
  ): Value
  /** Adds an operator with several outputs. */
  ops(
    op: string,
    inputs: readonly (Value | null)[],
    count: number,
    attributes?: Record<string, Attribute>,
    made?: readonly Inferred[],
    subgraphs?: readonly Subgraph[],
  ): Value[]
  /** A float32 constant, such as a slope. */
  floats(dims: readonly number[], values: ArrayLike<number>): Value
  /** An int64 constant, such as a shape; a vector unless `dims` says otherwise. */
  ints(values: readonly number[], dims?: readonly number[]): Value
  /** A trained weight; `axis` is its output channel. The same name gives the same initializer. */
  weight(name: string, dims: readonly number[], values: ArrayLike<number>, axis?: number): Value
  /** Numbers computed from trained weights, stored in float32. */
  exact(name: string, dims: readonly number[], values: ArrayLike<number>): Value
  /** A constant of any type with a given name. */
  constant(name: string, type: DataType, dims: readonly number[], values: ArrayLike<number>): Value
  /** A new name for a size that is known only at run time. */
  dim(wanted: string): string
  /** A value that a subgraph gets from the operator around it. */
  parameter(name: string, type: DataType, dims: readonly Dim[]): Value
  /** Builds a subgraph, which may read values from outside; `body` returns its outputs. */
  subgraph(name: string, inputs: readonly Value[], body: () => readonly Value[]): Subgraph
  /** Runs `body` with new operators added to `nodes`, those of a graph around the current one. */
  appendTo<T>(nodes: NamedNode[], body: () => T): T
  /** Runs `body` with `scope/` before the names of new values. */
  inScope<T>(scope: string, body: () => T): T
}

/** A graph inside an operator, with the names of the values that it reads from outside. */
export interface Subgraph {
  graph: Graph
  outputs: readonly Value[]
  captured: readonly string[]
}

/** Makes names unique in a graph: the wanted name, or that name with a number. */
function uniqueNames(): (wanted: string) => string {
  const taken = new Set<string>()
  return wanted => {
    let name = wanted
    for (let n = 1; taken.has(name); n++) name = `${wanted}_${n}`
    taken.add(name)
    return name
  }
}

type Constants = Pick<Builder, 'constants' | 'floats' | 'ints' | 'weight' | 'exact' | 'constant'>

function constantTable(unique: (wanted: string) => string): Constants {
  const constants = new Map<string, Value>()
  function stored(name: string, type: DataType, dims: readonly number[], constant: Constant): Value {
    const existing = constants.get(name)
    if (existing) return existing
    const value: Value = { name: unique(name), type, dims, constant }
    constants.set(value.name, value)
    return value
  }
  /** A constant named by its content, so that equal ones are stored once. */
  function small(type: DataType, dims: readonly number[], values: ArrayLike<number>): Value {
    const list = Array.from(values, v => (Object.is(v, -0) ? '-0' : v))
    return stored(`${type}[${dims.join(',')}](${list.join(',')})`, type, dims, { values, weight: false })
  }
  return {
    constants,
    floats: (dims, values) => small('float', dims, Float32Array.from(values)),
    ints: (values, dims = [values.length]) => small('int64', dims, values),
    weight: (name, dims, values, axis) => stored(name, 'float', dims, { values, weight: true, axis }),
    exact: (name, dims, values) => stored(name, 'float', dims, { values, weight: false }),
    constant: (name, type, dims, values) => stored(name, type, dims, { values, weight: false }),
  }
}

/** An empty graph for an operator set. */
export function buildGraph(opset: number): Builder {
  const unique = uniqueNames()
  let scope = ''
  const graph: Builder = {
    ...constantTable(unique),
    opset,
    nodes: [],
    inputs: [],
    layouts: new Map(),
    input(name, type, dims) {
      const value: Value = { name: unique(name), type, dims }
      graph.inputs.push(value)
      return value
    },
    op: (op, inputs, attributes, made) => graph.ops(op, inputs, 1, attributes, made && [made])[0],
    ops(op, inputs, count, attributes = {}, made, subgraphs = []) {
      const outputs = Array.from({ length: count }, () => unique(scope ? `${scope}/${op}` : op))
      const inferred = made ?? inferShapes(op, inputs, attributes, outputs)
      const results = outputs.map(
        (name, i): Value => ({ name, type: inferred[i].type, dims: inferred[i].dims }),
      )
      const captured = subgraphs.flatMap(({ captured }) => captured)
      graph.nodes.push({ op, inputs: inputs.map(v => v?.name ?? ''), outputs, attributes, results, captured })
      return results
    },
    dim: uniqueNames(),
    parameter: (name, type, dims) => ({ name: unique(name), type, dims }),
    subgraph(name, inputs, body) {
      const [outside, layouts] = [graph.nodes, new Map(graph.layouts)]
      graph.nodes = []
      try {
        const outputs = body()
        const nodes = liveNodes(graph.nodes, outputs)
        const made = new Set([...inputs.map(input => input.name), ...nodes.flatMap(node => node.outputs)])
        const read = nodes.flatMap(node => [...node.inputs, ...node.captured])
        const captured = [...new Set(read)].filter(value => value !== '' && !made.has(value))
        return { graph: { name, nodes, inputs, outputs, initializers: [] }, outputs, captured }
      } finally {
        graph.nodes = outside
        restore(graph.layouts, layouts)
      }
    },
    appendTo(nodes, body) {
      const inside = graph.nodes
      graph.nodes = nodes
      try {
        return body()
      } finally {
        graph.nodes = inside
      }
    },
    inScope(inner, body) {
      const outer = scope
      scope = inner
      try {
        return body()
      } finally {
        scope = outer
      }
    },
  }
  return graph
}

/** Removes the entries that were added since `before`: values of a subgraph do not exist outside. */
function restore<K, V>(map: Map<K, V>, before: ReadonlyMap<K, V>): void {
  for (const key of map.keys()) if (!before.has(key)) map.delete(key)
}

/** The nodes that an output depends on, in order. */
export function liveNodes(nodes: readonly NamedNode[], outputs: readonly Value[]): NamedNode[] {
  const needed = new Set(outputs.map(output => output.name))
  const kept = nodes.toReversed().filter(node => {
    if (!node.outputs.some(output => needed.has(output))) return false
    for (const input of [...node.inputs, ...node.captured]) needed.add(input)
    return true
  })
  return kept.reverse()
}
