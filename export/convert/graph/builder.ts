import type { Attribute, DataType } from '../../../models/onnx/encode-model.ts'
import type { Inferred } from './shape-rule.ts'
import { inferShapes } from './shapes.ts'
import type { Constant, Dim, NamedNode, Value } from './value.ts'

/** A graph under construction: what layers add their operators to. */
export interface Builder {
  readonly opset: number
  readonly nodes: NamedNode[]
  readonly inputs: Value[]
  readonly constants: Map<string, Value>
  /** By name of a channels-last value, the channels-first value it was transposed from or to. */
  readonly layouts: Map<string, Value>
  /** A graph input. */
  input(name: string, type: DataType, dims: readonly Dim[]): Value
  /**
   * An operator with one output. An input that is left out is null. `made` is the output's type and shape, where the
   * operator and its inputs do not tell.
   */
  op(
    op: string,
    inputs: readonly (Value | null)[],
    attributes?: Record<string, Attribute>,
    made?: Inferred,
  ): Value
  /** An operator with several outputs. */
  ops(
    op: string,
    inputs: readonly (Value | null)[],
    count: number,
    attributes?: Record<string, Attribute>,
    made?: readonly Inferred[],
  ): Value[]
  /** A float32 constant, such as a slope. */
  floats(dims: readonly number[], values: ArrayLike<number>): Value
  /** An int64 constant, such as a shape; a vector unless `dims` says otherwise. */
  ints(values: readonly number[], dims?: readonly number[]): Value
  /** A trained weight; `axis` is its output channel. The same name gives the same initializer. */
  weight(name: string, dims: readonly number[], values: ArrayLike<number>, axis?: number): Value
  /** Numbers computed from trained weights, stored in float32. */
  exact(name: string, dims: readonly number[], values: ArrayLike<number>): Value
  /** Runs `body` with names of new values put under `scope`. */
  inScope<T>(scope: string, body: () => T): T
}

/** Names that no two values of a graph share: the wanted one, or that and a number. */
function uniqueNames(): (wanted: string) => string {
  const taken = new Set<string>()
  return wanted => {
    let name = wanted
    for (let n = 1; taken.has(name); n++) name = `${wanted}_${n}`
    taken.add(name)
    return name
  }
}

type Constants = Pick<Builder, 'constants' | 'floats' | 'ints' | 'weight' | 'exact'>

function constantTable(unique: (wanted: string) => string): Constants {
  const constants = new Map<string, Value>()
  function stored(name: string, type: DataType, dims: readonly number[], constant: Constant): Value {
    const existing = constants.get(name)
    if (existing) return existing
    const value: Value = { name: unique(name), type, dims, constant }
    constants.set(value.name, value)
    return value
  }
  /** Named by what it is, so that equal ones are stored once. */
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
    ops(op, inputs, count, attributes = {}, made) {
      const outputs = Array.from({ length: count }, () => unique(scope ? `${scope}/${op}` : op))
      const inferred = made ?? inferShapes(op, inputs, attributes, outputs)
      const results = outputs.map(
        (name, i): Value => ({ name, type: inferred[i].type, dims: inferred[i].dims }),
      )
      graph.nodes.push({ op, inputs: inputs.map(v => v?.name ?? ''), outputs, attributes, results })
      return results
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
