import { type DescMessage, fromBinary, type Message, toBinary } from '@bufbuild/protobuf'
import { type ModelProto, ModelProtoSchema, type ValueInfoProto } from 'onnx-buf'
import { InferenceSession, Tensor } from 'onnxruntime-node'
import type { Numbers } from '../check/numbers.ts'
import type { Converted } from '../to-onnx/convert-options.ts'

/**
 * Reads a model with an independent ONNX reader.
 *
 * @throws Error when it finds a field that onnx.proto does not have
 */
export function decode(bytes: Uint8Array): ModelProto {
  const model = fromBinary(ModelProtoSchema, bytes)
  refuseUnknown(model, 'ModelProto')
  return model
}

function refuseUnknown(value: unknown, path: string): void {
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) return
  const unknown = (value as Message<string>).$unknown
  if (unknown && unknown.length > 0) throw new Error(`${path}: unknown field ${unknown[0].no}`)
  for (const [key, inner] of Object.entries(value)) refuseUnknown(inner, `${path}.${key}`)
}

/** The type and shape that a file declares for a value: element type by number, open sizes by name. */
export interface Declared {
  type: number
  dims: (number | string)[]
}

function declared(info: ValueInfoProto): Declared {
  const type = info.type?.value
  if (type?.case !== 'tensorType') throw new Error(`${info.name}: declared without a tensor type`)
  const dims = (type.value.shape?.dim ?? []).map(({ value }) => {
    if (value.case === undefined) throw new Error(`${info.name}: has a size without number or name`)
    return value.case === 'dimValue' ? Number(value.value) : value.value
  })
  return { type: type.value.elemType, dims }
}

/**
 * Runs a model with every inner value as an output, and compares the resulting shapes with the declared ones.
 *
 * @returns how many values were compared
 * @throws Error when a node's output is not declared, or has another shape or type when it runs
 */
export async function compareShapes(converted: Converted, inputs: readonly Numbers[]): Promise<number> {
  const model = decode(converted.bytes)
  const graph = model.graph!
  const inner = new Map(graph.valueInfo.map(info => [info.name, declared(info)]))
  const all = new Map(
    [...graph.input, ...graph.output].map(info => [info.name, declared(info)]).concat([...inner]) as [
      string,
      Declared,
    ][],
  )
  const made = graph.node.flatMap(node => node.output.filter(name => name !== ''))
  const missing = made.filter(name => !all.has(name))
  if (missing.length > 0) throw new Error(`not declared: ${missing.join(', ')}`)
  graph.output.push(...graph.valueInfo.splice(0))
  const session = await InferenceSession.create(toBinary(ModelProtoSchema as DescMessage, model), {
    logSeverityLevel: 3,
    graphOptimizationLevel: 'disabled',
  })
  const types = { float: 'float32', int32: 'int32', bool: 'bool' } as unknown as Record<string, 'float32'>
  const feeds = converted.inputs.map(({ name, type }, i) => {
    const { dims, data } = inputs[i]
    return [name, new Tensor(types[type], data as Float32Array, dims)] as const
  })
  const results = await session.run(Object.fromEntries(feeds))
  await session.release()
  const sizes = new Map<string, number>()
  for (const [name, tensor] of [...feeds, ...Object.entries(results)]) {
    const { dims, type } = all.get(name)!
    const expected = dims.map((dim, i) => (typeof dim === 'number' ? dim : bind(sizes, dim, tensor.dims[i])))
    const typeName = { 1: 'float32', 6: 'int32', 7: 'int64', 9: 'bool' }[type]
    if (expected.join() !== tensor.dims.join() || typeName !== tensor.type) {
      throw new Error(`${name}: declared ${typeName} [${dims}], got ${tensor.type} [${tensor.dims}]`)
    }
  }
  return made.length
}

/** A named size stands for the same number everywhere in a run. */
function bind(sizes: Map<string, number>, name: string, actual: number): number {
  if (!sizes.has(name)) sizes.set(name, actual)
  return sizes.get(name)!
}
