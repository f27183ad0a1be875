import type { Attribute, DataType, Node, Value as OnnxValue } from './onnx.ts'
import type { Inferred } from './shaperule.ts'
import { inferShapes } from './shapes.ts'

/** A size, or the name of one that is known only when the model runs. */
export type Dim = number | string

/** A tensor of the graph being built. */
export interface Value extends OnnxValue {
  dims: readonly Dim[]
  /** Its numbers, when they are known at conversion. */
  constant?: Constant
  /** Which time steps count, bool [batch, time]; travels from Masking and Embedding to recurrent layers. */
  mask?: Value
}

/** Numbers of an initializer. `axis` is the one along which int8 gets a scale each, for weights that may become int8. */
export interface Constant {
  values: ArrayLike<number>
  /** Trained weights are stored in the precision asked for; other constants are exact. */
  weight: boolean
  axis?: number
}

export interface NamedNode extends Node {
  results: readonly Value[]
}

/** A graph under construction: what layers add their operators to. */
export interface Builder {
  readonly opset: number
  readonly nodes: NamedNode[]
  readonly inputs: Value[]
  readonly constants: Map<string, Value>
  /** By name of a channels-last value, the channels-first value it was transposed from or to. */
  readonly twins: Map<string, Value>
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
  within<T>(scope: string, body: () => T): T
}

/** An empty graph for an operator set. */
export function buildGraph(opset: number): Builder {
  const taken = new Set<string>()
  let scope = ''

  function unique(wanted: string): string {
    let name = wanted
    for (let n = 1; taken.has(name); n++) name = `${wanted}_${n}`
    taken.add(name)
    return name
  }
  function constant(name: string, type: DataType, dims: readonly number[], content: Constant): Value {
    const value: Value = { name, type, dims, constant: content }
    graph.constants.set(name, value)
    return value
  }
  /** Equal small constants are stored once. */
  function shared(type: DataType, dims: readonly number[], values: ArrayLike<number>): Value {
    const name = `${type}[${dims.join(',')}](${Array.from(values, v => (Object.is(v, -0) ? '-0' : v)).join(',')})`
    return graph.constants.get(name) ?? constant(unique(name), type, dims, { values, weight: false })
  }

  const graph: Builder = {
    opset,
    nodes: [],
    inputs: [],
    constants: new Map(),
    twins: new Map(),
    input(name, type, dims) {
      const value: Value = { name: unique(name), type, dims }
      graph.inputs.push(value)
      return value
    },
    op: (op, inputs, attributes, made) => graph.ops(op, inputs, 1, attributes, made && [made])[0],
    ops(op, inputs, count, attributes = {}, made) {
      const outputs = Array.from({ length: count }, () => unique(scope ? `${scope}/${op}` : op))
      const inferred = made ?? inferShapes(op, inputs, attributes, outputs)
      const results = outputs.map((name, i): Value => ({ name, ...inferred[i] }))
      graph.nodes.push({ op, inputs: inputs.map(v => v?.name ?? ''), outputs, attributes, results })
      return results
    },
    floats: (dims, values) => shared('float', dims, Float32Array.from(values)),
    ints: (values, dims = [values.length]) => shared('int64', dims, values),
    weight(name, dims, values, axis) {
      const existing = graph.constants.get(name)
      if (existing) return existing
      return constant(unique(name), 'float', dims, { values, weight: true, axis })
    },
    exact: (name, dims, values) =>
      graph.constants.get(name) ?? constant(unique(name), 'float', dims, { values, weight: false }),
    within(inner, body) {
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
