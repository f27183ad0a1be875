import type { ModelFiles } from '../../files/artifacts.ts'
import { attr } from './sample.ts'

/** A node as a graph-model's JSON states it. */
export type GraphNode = { name: string; op: string; input?: string[]; attr?: Record<string, unknown> }
/** A stored constant; float32 unless it says otherwise. */
export type Constant = { dims: number[]; values: number[]; dtype?: 'float32' | 'int32' }

/** A node with these inputs and attributes. */
export const node = (
  name: string,
  op: string,
  input: string[] = [],
  attributes: Record<string, unknown> = {},
): GraphNode => ({
  name,
  op,
  input,
  attr: attributes,
})
/** A scalar int32 constant. */
export const constant = (value: number): Constant => ({ dims: [], values: [value], dtype: 'int32' })
/** An int32 constant of one axis. */
export const vector = (...values: number[]): Constant => ({ dims: [values.length], values, dtype: 'int32' })
/** A float32 constant. */
export const floats = (dims: number[], ...values: number[]): Constant => ({ dims, values })

/** What a graph-model is made of. */
export interface GraphOptions {
  /** Sizes of each input, −1 for open ones. */
  inputs: Record<string, { shape: number[]; dtype?: 'float32' | 'int32' | 'bool' }>
  constants?: Record<string, Constant>
  nodes: GraphNode[]
  outputs: string[]
  functions?: unknown[]
}

/** The files of a graph-model: stored constants, inputs, and the nodes between. */
export function graphFiles({
  inputs,
  constants = {},
  nodes,
  outputs,
  functions = [],
}: GraphOptions): ModelFiles {
  const placeholders = Object.entries(inputs).map(([name, { shape, dtype = 'float32' }]) =>
    node(name, 'Placeholder', [], {
      dtype: attr.type(dtype),
      shape: { shape: { dim: shape.map(size => ({ size: String(size) })) } },
    }),
  )
  const stored = Object.entries(constants)
  const consts = stored.map(([name, { dtype = 'float32' }]) =>
    node(name, 'Const', [], { dtype: attr.type(dtype) }),
  )
  return {
    modelTopology: {
      node: [...placeholders, ...consts, ...nodes],
      library: { function: functions },
      versions: {},
    },
    weightSpecs: stored.map(([name, { dims, dtype = 'float32' }]) => ({ name, shape: dims, dtype })),
    weightData: stored.map(([, { values, dtype }]) => {
      const data = dtype === 'int32' ? Int32Array.from(values) : Float32Array.from(values)
      return new Uint8Array(data.buffer)
    }),
    signature: { inputs: {}, outputs: Object.fromEntries(outputs.map(name => [name, { name }])) },
  }
}

/** The nodes of an old graph's loop around variables: Enter, Merge, Switch, Exit and NextIteration of each. */
export function loop(
  frame: string,
  variables: Record<string, { start: string; next: string }>,
  condition: string,
  fixed: Record<string, string> = {},
): GraphNode[] {
  const enter = { frame_name: attr.s(frame), is_constant: attr.b(false) }
  return [
    node(`${frame}/cond`, 'LoopCond', [condition]),
    ...Object.entries(fixed).map(([name, from]) =>
      node(name, 'Enter', [from], { ...enter, is_constant: attr.b(true) }),
    ),
    ...Object.entries(variables).flatMap(([name, { start, next }]) => [
      node(`${name}/enter`, 'Enter', [start], enter),
      node(`${name}/merge`, 'Merge', [`${name}/enter`, `${name}/next`]),
      node(`${name}/switch`, 'Switch', [`${name}/merge`, `${frame}/cond`]),
      node(`${name}/exit`, 'Exit', [`${name}/switch`]),
      node(`${name}/next`, 'NextIteration', [next]),
    ]),
  ]
}
