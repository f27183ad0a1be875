import { bytesOf, concatBytes } from '../files/bytes.ts'
import { createWriter, type Writer } from './protobuf-writer.ts'

/** Element types, by their numbers in onnx.proto's TensorProto.DataType. */
export const DATA_TYPE = {
  float: 1,
  uint8: 2,
  int8: 3,
  int32: 6,
  int64: 7,
  bool: 9,
  float16: 10,
  double: 11,
} as const

/** The name of an element type. */
export type DataType = keyof typeof DATA_TYPE

/** A constant: `data` is its little-endian raw bytes, row-major. */
export interface Tensor {
  name: string
  type: DataType
  dims: readonly number[]
  data: Uint8Array
}

/** A graph's input, output or inner value; a string in `dims` is a symbolic dimension. */
export interface Value {
  name: string
  type: DataType
  dims: readonly (number | string)[]
}

/** An attribute of a node, by its type. */
export type Attribute =
  | { int: number }
  | { ints: readonly number[] }
  | { float: number }
  | { floats: readonly number[] }
  | { string: string }
  | { strings: readonly string[] }
  | { tensor: Tensor }
  | { graph: Graph }

/** A node of a graph: one operator, with the names of the values that it reads and writes. */
export interface Node {
  op: string
  inputs: readonly string[]
  outputs: readonly string[]
  attributes?: Readonly<Record<string, Attribute>>
  /** Operator set; ONNX's own when absent. */
  domain?: string
}

/** A graph, or a subgraph of a control-flow operator. */
export interface Graph {
  name: string
  nodes: readonly Node[]
  inputs: readonly Value[]
  outputs: readonly Value[]
  initializers: readonly Tensor[]
  /** Shapes of inner values, for readers that do not infer them. */
  values?: readonly Value[]
}

/** Fields of the ModelProto around a graph. */
export interface ModelOptions {
  /** Default 17. */
  opset?: number
  /** Default 8. */
  irVersion?: number
  /** Other operator sets in use, by domain. */
  domains?: Readonly<Record<string, number>>
  metadata?: Readonly<Record<string, string>>
}

/** A float32 constant from numbers; those of a Float32Array are not copied. */
export function floatTensor(name: string, dims: readonly number[], values: ArrayLike<number>): Tensor {
  const data = values instanceof Float32Array ? values : new Float32Array(values)
  return { name, type: 'float', dims, data: bytesOf(data) }
}

/** An int64 constant from safe integers. */
export function int64Tensor(name: string, dims: readonly number[], values: ArrayLike<number>): Tensor {
  return { name, type: 'int64', dims, data: bytesOf(BigInt64Array.from(Array.from(values), BigInt)) }
}

/**
 * Serialises a graph as an ONNX ModelProto. Equal input gives equal bytes: there is no date in the file, and attributes
 * are sorted by name.
 */
export function encodeModel(graph: Graph, options: ModelOptions = {}): Uint8Array {
  return concatBytes(encodeModelInParts(graph, options))
}

/** The same in pieces, one after another: the data of large tensors is not copied. */
export function encodeModelInParts(graph: Graph, options: ModelOptions = {}): readonly Uint8Array[] {
  const w = createWriter()
  w.int(1, options.irVersion ?? 8)
  w.string(2, 'latent-edge')
  w.message(7, inner => writeGraph(inner, graph))
  for (const [domain, version] of [
    ['', options.opset ?? 17] as const,
    ...Object.entries(options.domains ?? {}),
  ]) {
    w.message(8, set => {
      set.string(1, domain)
      set.int(2, version)
    })
  }
  for (const [key, value] of Object.entries(options.metadata ?? {})) {
    w.message(14, entry => {
      entry.string(1, key)
      entry.string(2, value)
    })
  }
  return w.finishInParts()
}

function writeGraph(w: Writer, graph: Graph): void {
  for (const node of graph.nodes) w.message(1, inner => writeNode(inner, node))
  w.string(2, graph.name)
  for (const tensor of graph.initializers) w.message(5, inner => writeTensor(inner, tensor))
  for (const value of graph.inputs) w.message(11, inner => writeValue(inner, value))
  for (const value of graph.outputs) w.message(12, inner => writeValue(inner, value))
  for (const value of graph.values ?? []) w.message(13, inner => writeValue(inner, value))
}

function writeNode(w: Writer, node: Node): void {
  for (const name of node.inputs) w.string(1, name)
  for (const name of node.outputs) w.string(2, name)
  w.string(4, node.op)
  const attributes = Object.entries(node.attributes ?? {}).sort(([a], [b]) => (a < b ? -1 : 1))
  for (const [name, attribute] of attributes) w.message(5, inner => writeAttribute(inner, name, attribute))
  if (node.domain) w.string(7, node.domain)
}

function writeAttribute(w: Writer, name: string, attribute: Attribute): void {
  w.string(1, name)
  if ('float' in attribute) {
    w.float(2, attribute.float)
    w.int(20, 1)
  } else if ('int' in attribute) {
    w.int(3, attribute.int)
    w.int(20, 2)
  } else if ('string' in attribute) {
    w.string(4, attribute.string)
    w.int(20, 3)
  } else if ('tensor' in attribute) {
    w.message(5, inner => writeTensor(inner, attribute.tensor))
    w.int(20, 4)
  } else if ('graph' in attribute) {
    w.message(6, inner => writeGraph(inner, attribute.graph))
    w.int(20, 5)
  } else if ('floats' in attribute) {
    for (const value of attribute.floats) w.float(7, value)
    w.int(20, 6)
  } else if ('ints' in attribute) {
    for (const value of attribute.ints) w.int(8, value)
    w.int(20, 7)
  } else {
    for (const value of attribute.strings) w.string(9, value)
    w.int(20, 8)
  }
}

function writeTensor(w: Writer, tensor: Tensor): void {
  for (const dim of tensor.dims) w.int(1, dim)
  w.int(2, DATA_TYPE[tensor.type])
  w.string(8, tensor.name)
  w.bytes(9, tensor.data)
}

function writeValue(w: Writer, value: Value): void {
  w.string(1, value.name)
  w.message(2, type =>
    type.message(1, tensor => {
      tensor.int(1, DATA_TYPE[value.type])
      tensor.message(2, shape => {
        for (const dim of value.dims) {
          shape.message(1, d => (typeof dim === 'number' ? d.int(1, dim) : d.string(2, dim)))
        }
      })
    }),
  )
}
