import { wrongValue } from '../../http/problem.ts'
import { LIMITS } from '../../limits.ts'
import { checkShape, type TensorMetadata } from './tensors.ts'

/** The header that says how many bytes of a binary body are JSON; the tensors' bytes follow. */
export const JSON_LENGTH = 'inference-header-content-length'

/** A request for inference, checked against a model's tensors. */
export interface InferenceRequest {
  id: string | undefined
  /** Rows of each input, in the order of the metadata. */
  inputs: Float32Array[]
  batch: number
  /** Names of the outputs that were requested, and whether each is sent as bytes. */
  outputs: { name: string; binary: boolean }[]
}

interface JsonTensor {
  name?: unknown
  datatype?: unknown
  shape?: unknown
  data?: unknown
  parameters?: { binary_data_size?: unknown }
}

interface JsonRequest {
  id?: unknown
  inputs?: unknown
  outputs?: unknown
  parameters?: { binary_data_output?: unknown }
}

/**
 * Reads a request's body: JSON, or with the binary extension JSON and after it the bytes of tensors.
 *
 * @param jsonLength the header `JSON_LENGTH`
 * @throws Problem
 */
export function readInferenceRequest(
  body: Uint8Array<ArrayBuffer>,
  jsonLength: string | null,
  metadata: { inputs: TensorMetadata[]; outputs: TensorMetadata[] },
): InferenceRequest {
  const length = jsonLength === null ? body.length : Number(jsonLength)
  if (!Number.isInteger(length) || length < 2 || length > body.length) {
    throw wrongValue('header', JSON_LENGTH, `an integer from 2 to ${body.length}`, jsonLength)
  }
  const json = parseJson(body.subarray(0, length))
  const tensors = readTensors(json.inputs, body.subarray(length))
  const unknown = [...tensors.keys()].find(name => !metadata.inputs.some(input => input.name === name))
  if (unknown !== undefined) {
    throw wrongValue('body', 'inputs', metadata.inputs.map(({ name }) => name).join(' and '), unknown)
  }
  const inputs: Float32Array[] = []
  let batch = 0
  for (const input of metadata.inputs) {
    const tensor = tensors.get(input.name)
    if (!tensor) throw wrongValue('body', 'inputs', `an input named ${input.name}`, undefined)
    const n = checkShape(tensor.shape, input.name, input)
    if (batch > 0 && n !== batch) throw wrongValue('body', `${input.name}.shape`, `${batch} rows`, `${n}`)
    batch = n
    if (batch > LIMITS.images)
      throw wrongValue('body', `${input.name}.shape`, `at most ${LIMITS.images} rows`, `${n}`)
    inputs.push(tensor.read(n * input.shape[1]))
  }
  const id = typeof json.id === 'string' ? json.id : undefined
  return { id, inputs, batch, outputs: readOutputs(json, metadata.outputs) }
}

function parseJson(bytes: Uint8Array): JsonRequest {
  try {
    const json: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
    if (typeof json === 'object' && json !== null) return json
  } catch {}
  throw wrongValue('body', 'body', 'a JSON object', 'something else', 'invalid-body')
}

interface ReadTensor {
  shape: unknown
  /** @param count numbers that the shape has */
  read(count: number): Float32Array
}

/** @param binary the bytes after the JSON: the tensors' with `binary_data_size`, in order */
function readTensors(inputs: unknown, binary: Uint8Array<ArrayBuffer>): Map<string, ReadTensor> {
  if (!Array.isArray(inputs)) throw wrongValue('body', 'inputs', 'a list of tensors', inputs)
  const tensors = new Map<string, ReadTensor>()
  let offset = 0
  inputs.forEach((input: JsonTensor | null, i) => {
    const { name, datatype, shape, data, parameters } = input ?? {}
    if (typeof name !== 'string') throw wrongValue('body', `inputs.${i}.name`, 'text', name)
    if (datatype !== 'FP32') throw wrongValue('body', `${name}.datatype`, 'FP32', datatype)
    const size = parameters?.binary_data_size
    if (size === undefined) {
      tensors.set(name, { shape, read: count => readNumbers(data, name, count) })
      return
    }
    if (typeof size !== 'number' || !Number.isInteger(size) || size < 0 || offset + size > binary.length) {
      const expected = `binary_data_size within the ${binary.length - offset} bytes that are left`
      throw wrongValue('body', `${name}.parameters`, expected, size)
    }
    const bytes = binary.slice(offset, offset + size)
    offset += size
    tensors.set(name, { shape, read: count => readFloats(bytes, name, count) })
  })
  if (offset !== binary.length) {
    throw wrongValue('body', 'body', `${offset} bytes after the JSON`, `${binary.length}`, 'invalid-body')
  }
  return tensors
}

/** Numbers of a JSON tensor, flat or nested by its shape. */
function readNumbers(data: unknown, name: string, count: number): Float32Array {
  const flat = Array.isArray(data) ? data.flat() : undefined
  if (flat?.length !== count) {
    throw wrongValue('body', `${name}.data`, `${count} numbers`, flat ? `${flat.length}` : data)
  }
  const wrong = flat.find(value => typeof value !== 'number' || !Number.isFinite(Math.fround(value)))
  if (wrong !== undefined) throw wrongValue('body', `${name}.data`, 'finite numbers', wrong)
  return Float32Array.from(flat as number[])
}

function readFloats(bytes: Uint8Array<ArrayBuffer>, name: string, count: number): Float32Array {
  if (bytes.length !== count * 4) {
    throw wrongValue('body', `${name}.parameters.binary_data_size`, `${count * 4} bytes`, `${bytes.length}`)
  }
  const values = new Float32Array(bytes.buffer)
  if (values.every(Number.isFinite)) return values
  throw wrongValue('body', name, 'finite numbers', 'others')
}

/** The outputs that were requested; all of them if none are named. */
function readOutputs(
  { outputs, parameters }: JsonRequest,
  metadata: readonly TensorMetadata[],
): InferenceRequest['outputs'] {
  const byDefault = parameters?.binary_data_output === true
  if (outputs === undefined) return metadata.map(({ name }) => ({ name, binary: byDefault }))
  // An output is sent once: a list of a hundred thousand would be an answer of gigabytes.
  if (!Array.isArray(outputs) || outputs.length > metadata.length) {
    throw wrongValue('body', 'outputs', `a list of at most ${metadata.length}`, outputs)
  }
  return outputs.map((output: { name?: unknown; parameters?: { binary_data?: unknown } } | null) => {
    const found = metadata.find(({ name }) => name === output?.name)
    const names = metadata.map(({ name }) => name).join(' or ')
    if (!found) throw wrongValue('body', 'outputs', names, output?.name)
    const asked = output?.parameters?.binary_data
    return { name: found.name, binary: asked === undefined ? byDefault : asked === true }
  })
}
