import { fromHalf } from '../files/half.ts'
import { delimited, integers, readFields, signed, text } from './protobuf-reader.ts'

/** A constant of an ONNX graph. `values` decodes its elements at the first call. */
export interface Constant {
  name: string
  dims: number[]
  /** The elements as numbers, row-major. @throws SyntaxError for another type or a wrong number of bytes */
  values(): Float32Array
}

/** One operation. Attributes are numbers; those of other kinds are left out. */
export interface Operation {
  op: string
  name: string
  inputs: string[]
  outputs: string[]
  attributes: Map<string, number>
}

/** A graph input: `features` is its last dimension where that is a number. */
export interface GraphInput {
  name: string
  rank: number
  features: number | undefined
}

/** The parts of an ONNX file that a network without control flow needs. */
export interface Graph {
  operations: Operation[]
  constants: Map<string, Constant>
  /** The graph's inputs that are not constants. */
  inputs: GraphInput[]
  outputs: string[]
}

/**
 * Reads the graph of an ONNX ModelProto. Field numbers are those of onnx.proto.
 *
 * @throws SyntaxError when the bytes are cut short or are no ONNX file
 */
export function readGraph(bytes: Uint8Array): Graph {
  const graph: Graph = { operations: [], constants: new Map(), inputs: [], outputs: [] }
  let found = false
  for (const { number, value } of readFields(bytes)) {
    if (number !== 7) continue
    found = true
    for (const field of readFields(delimited(value))) {
      if (field.number === 1) graph.operations.push(readOperation(delimited(field.value)))
      if (field.number === 5) {
        const constant = readConstant(delimited(field.value))
        graph.constants.set(constant.name, constant)
      }
      if (field.number === 11) graph.inputs.push(readInput(delimited(field.value)))
      if (field.number === 12) graph.outputs.push(readInput(delimited(field.value)).name)
    }
  }
  if (!found) throw new SyntaxError(`expected an ONNX file, got ${bytes.length} bytes without a graph`)
  graph.inputs = graph.inputs.filter(input => !graph.constants.has(input.name))
  return graph
}

function readOperation(bytes: Uint8Array): Operation {
  const node: Operation = { op: '', name: '', inputs: [], outputs: [], attributes: new Map() }
  let domain = ''
  for (const { number, value } of readFields(bytes)) {
    if (number === 1) node.inputs.push(text(value))
    if (number === 2) node.outputs.push(text(value))
    if (number === 3) node.name = text(value)
    if (number === 4) node.op = text(value)
    if (number === 5) readAttribute(delimited(value), node.attributes)
    if (number === 7) domain = text(value)
  }
  if (domain !== '' && domain !== 'ai.onnx') node.op = `${domain}.${node.op}`
  return node
}

function readAttribute(bytes: Uint8Array, into: Map<string, number>): void {
  let name = ''
  let content: number | undefined
  for (const { number, value } of readFields(bytes)) {
    if (number === 1) name = text(value)
    if (number === 2) content = Number(value)
    if (number === 3) content = signed(value)
  }
  if (content !== undefined) into.set(name, content)
}

/** A ValueInfoProto. */
function readInput(bytes: Uint8Array): GraphInput {
  let name = ''
  let dims: (number | undefined)[] = []
  for (const { number, value } of readFields(bytes)) {
    if (number === 1) name = text(value)
    if (number === 2) dims = readDimensions(delimited(value))
  }
  return { name, rank: dims.length, features: dims.at(-1) }
}

/** The sizes of a TypeProto's tensor; undefined for symbolic ones. */
function readDimensions(type: Uint8Array): (number | undefined)[] {
  const dims: (number | undefined)[] = []
  for (const tensor of nested(type, 1)) {
    for (const shape of nested(tensor, 2)) {
      for (const dimension of nested(shape, 1)) {
        let size: number | undefined
        for (const { number, value } of readFields(dimension)) if (number === 1) size = signed(value)
        dims.push(size)
      }
    }
  }
  return dims
}

function* nested(bytes: Uint8Array, field: number): Generator<Uint8Array> {
  for (const { number, value } of readFields(bytes)) if (number === field) yield delimited(value)
}

/** A TensorProto before its elements are read. */
interface RawTensor {
  name: string
  dims: number[]
  type: number
  raw: Uint8Array | undefined
  floats: number[]
  ints: number[]
  external: boolean
}

function readConstant(bytes: Uint8Array): Constant {
  const t: RawTensor = { name: '', dims: [], type: 0, raw: undefined, floats: [], ints: [], external: false }
  for (const { number, value } of readFields(bytes)) {
    if (number === 1) t.dims.push(...integers(value))
    if (number === 2) t.type = signed(value)
    if (number === 4) readFloats(value, t.floats)
    if (number === 5) for (const int of integers(value)) t.ints.push(int)
    if (number === 8) t.name = text(value)
    if (number === 9) t.raw = delimited(value)
    if (number === 14) t.external = signed(value) === 1
  }
  let values: Float32Array | undefined
  return { name: t.name, dims: t.dims, values: () => (values ??= readValues(t)) }
}

function readFloats(value: bigint | number | Uint8Array, into: number[]): void {
  if (!(value instanceof Uint8Array)) {
    into.push(Number(value))
    return
  }
  const view = new DataView(value.buffer, value.byteOffset, value.byteLength)
  for (let at = 0; at + 4 <= value.length; at += 4) into.push(view.getFloat32(at, true))
}

/** By TensorProto.DataType: bytes per element, and how to read the elements. */
const TYPES: Record<
  number,
  { size: number; read(raw: ArrayBuffer): ArrayLike<number>; typed(t: RawTensor): ArrayLike<number> }
> = {
  1: { size: 4, read: raw => new Float32Array(raw), typed: t => t.floats },
  3: { size: 1, read: raw => new Int8Array(raw), typed: t => t.ints },
  10: {
    size: 2,
    read: raw => fromHalf(new Uint16Array(raw)),
    typed: t => fromHalf(Uint16Array.from(t.ints)),
  },
}

function readValues(t: RawTensor): Float32Array {
  const count = t.dims.reduce((product, dim) => product * dim, 1)
  const type = TYPES[t.type]
  if (!type)
    throw new SyntaxError(`tensor ${t.name}: expected float, float16 or int8, got data type ${t.type}`)
  if (t.dims.some(dim => dim < 1))
    throw new SyntaxError(`tensor ${t.name}: expected dimensions from 1, got [${t.dims}]`)
  if (t.external)
    throw new SyntaxError(`tensor ${t.name}: expected its numbers in the file, got a reference to another`)
  if (t.raw && t.raw.length !== count * type.size) {
    throw new SyntaxError(
      `tensor ${t.name}: expected ${count * type.size} bytes for [${t.dims}], got ${t.raw.length}`,
    )
  }
  // Copy, because the bytes may lie at an address that a typed array does not accept. slice() would not copy a Node Buffer.
  const values = t.raw ? type.read(new Uint8Array(t.raw).buffer) : type.typed(t)
  if (values.length !== count) {
    throw new SyntaxError(`tensor ${t.name}: expected ${count} numbers for [${t.dims}], got ${values.length}`)
  }
  return values instanceof Float32Array ? values : Float32Array.from(values)
}
