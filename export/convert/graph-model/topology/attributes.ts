import { fail } from '../../graph/conversion-error.ts'

/** The element types of TF.js, which reads 64-bit and unsigned integers as int32, and half and double as float32. */
export type DType = 'float32' | 'int32' | 'bool' | 'string' | 'complex64'

/**
 * Attributes of a node, decoded from their JSON form of protocol buffers. Each function returns `otherwise` if the
 * attribute is missing.
 */
export interface Attributes {
  string(name: string, otherwise?: string): string
  strings(name: string): string[]
  number(name: string, otherwise?: number): number
  numbers(name: string): number[] | undefined
  bool(name: string, otherwise?: boolean): boolean
  dtype(name: string, otherwise?: DType): DType
  /** Sizes, −1 for open ones; undefined where the rank is not known. */
  shape(name: string): number[] | undefined
  /** Name of a function in the graph's library. */
  func(name: string): string
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** Decodes a string: base64, or a list of bytes in files of old converters. */
function decodeString(value: unknown, where: string): string {
  if (Array.isArray(value)) return String.fromCharCode(...value.map(Number))
  if (typeof value !== 'string') return fail(`${where}: expected a string, got ${JSON.stringify(value)}`)
  try {
    return atob(value)
  } catch {
    return fail(`${where}: expected base64, got ${JSON.stringify(value.slice(0, 40))}`)
  }
}

function decodeNumber(value: unknown, where: string): number {
  const number = typeof value === 'string' && value !== '' ? Number(value) : value
  if (typeof number === 'number' && !Number.isNaN(number)) return number
  return fail(`${where}: expected a number, got ${JSON.stringify(value)}`)
}

/** Numbers of tensorflow.DataType. */
const TYPES_BY_NUMBER: Readonly<Record<number, DType>> = {
  1: 'float32',
  2: 'float32',
  3: 'int32',
  4: 'int32',
  5: 'int32',
  6: 'int32',
  7: 'string',
  8: 'complex64',
  9: 'int32',
  10: 'bool',
  19: 'float32',
}
const TYPES_BY_NAME: Readonly<Record<string, DType>> = {
  DT_FLOAT: 'float32',
  DT_DOUBLE: 'float32',
  DT_HALF: 'float32',
  DT_INT32: 'int32',
  DT_INT64: 'int32',
  DT_INT8: 'int32',
  DT_INT16: 'int32',
  DT_UINT8: 'int32',
  DT_BOOL: 'bool',
  DT_STRING: 'string',
  DT_COMPLEX64: 'complex64',
}

/** The element type of a tensorflow.DataType, given by number or name. */
export function readDType(value: unknown, where: string): DType {
  const type =
    typeof value === 'number'
      ? TYPES_BY_NUMBER[value]
      : typeof value === 'string' && Object.hasOwn(TYPES_BY_NAME, value)
        ? TYPES_BY_NAME[value]
        : undefined
  return type ?? fail(`${where}: expected a data type that TF.js has, got ${JSON.stringify(value)}`)
}

/** Sizes of a TensorShapeProto, −1 for open ones; undefined where the rank is not known. */
export function readShape(shape: unknown, where: string): number[] | undefined {
  if (!isRecord(shape) || shape.unknownRank === true) return undefined
  const dims = shape.dim ?? []
  if (!Array.isArray(dims)) return fail(`${where}: expected a list of sizes, got ${JSON.stringify(dims)}`)
  return dims.map(dim => {
    const size = isRecord(dim) ? decodeNumber(dim.size ?? 0, where) : Number.NaN
    if (!Number.isInteger(size) || size < -1 || size > 2 ** 31) {
      fail(`${where}: expected sizes from -1 on, got ${JSON.stringify(dim)}`)
    }
    return size
  })
}

/** @param where the node's name and operator, for messages */
export function readAttributes(raw: unknown, where: string): Attributes {
  const all = isRecord(raw) ? raw : {}
  const field = (name: string, ...keys: string[]): unknown => {
    const attribute = Object.hasOwn(all, name) ? all[name] : undefined
    if (!isRecord(attribute)) return undefined
    return keys.reduce<unknown>((value, key) => (isRecord(value) ? value[key] : undefined), attribute)
  }
  const need = (name: string): never => fail(`${where}: expected the attribute ${name}, got none`)
  const at = (name: string) => `${where}: attribute ${name}`
  const number = (name: string, otherwise?: number): number => {
    const value = field(name, 'i') ?? field(name, 'f')
    return value == null ? (otherwise ?? need(name)) : decodeNumber(value, at(name))
  }
  return {
    number,
    string(name, otherwise) {
      const value = field(name, 's')
      return value == null ? (otherwise ?? need(name)) : decodeString(value, at(name))
    },
    strings(name) {
      const list = field(name, 'list', 's') ?? []
      return Array.isArray(list) ? list.map(value => decodeString(value, at(name))) : []
    },
    numbers(name) {
      const list = field(name, 'list', 'i') ?? field(name, 'list', 'f')
      if (list === undefined) return field(name, 'list') === undefined ? undefined : []
      return Array.isArray(list) ? list.map(value => decodeNumber(value, at(name))) : undefined
    },
    bool(name, otherwise) {
      const value = field(name, 'b')
      return value == null ? (otherwise ?? need(name)) : value === true
    },
    dtype(name, otherwise) {
      const value = field(name, 'type')
      return value == null ? (otherwise ?? need(name)) : readDType(value, at(name))
    },
    shape: name => readShape(field(name, 'shape'), at(name)),
    func(name) {
      const value = field(name, 'func', 'name')
      return typeof value === 'string' ? value : need(name)
    },
  }
}
