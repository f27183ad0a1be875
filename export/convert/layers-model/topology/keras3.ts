import { fail } from '../../graph/conversion-error.ts'
import { isRecord } from './json-keys.ts'

/** Output `tensor` of the `call`-th use of a layer. */
export interface Reference {
  layer: string
  call: number
  tensor: number
}

/** One use of a layer in the format of Keras 3: the arguments of the call, in which tensors may stand anywhere. */
export interface Keras3Node {
  args: readonly unknown[]
  kwargs: Readonly<Record<string, unknown>>
}

/** Whether a use of a layer is in the format of Keras 3. */
export function isKeras3Node(node: unknown): node is Keras3Node {
  return isRecord(node) && Array.isArray(node.args) && isRecord(node.kwargs)
}

/** Arguments that pass tensors after the first one, in the order in which TF.js lists them. */
const TENSOR_ARGUMENTS = ['initialState']

/**
 * The tensors that a use of a layer reads, from its `__keras_tensor__` objects with keys in camelCase, the arguments
 * that are not tensors, and the layer that its mask comes from.
 *
 * @throws ConversionError for an argument that holds no tensor where one is needed
 */
export function readKeras3Node(
  { args, kwargs }: Keras3Node,
  path: string,
  className: string,
): { reads: Reference[]; options: Record<string, unknown>; mask?: string } {
  // Masks are made by operations of their own, which compare with numbers. The layers that read a mask make it anew.
  if (isMaskOperation(className))
    return { reads: args.flatMap(item => tensorsOrNone(item, path)), options: {} }
  const reads = args.flatMap(argument => tensorsIn(argument, path))
  const options: Record<string, unknown> = {}
  let mask: string | undefined
  for (const [key, value] of Object.entries(kwargs)) {
    const tensors = value === null ? [] : tensorsOrNone(value, path)
    if (tensors.length === 0) options[key] = value
    else if (TENSOR_ARGUMENTS.includes(key)) reads.push(...tensors)
    else if (key === 'mask' && tensors.length === 1) mask = tensors[0].layer
    else options[key] = `a tensor (${tensors[0].layer})`
  }
  return { reads, options, ...(mask !== undefined && { mask }) }
}

function tensorsIn(argument: unknown, path: string): Reference[] {
  const tensors = tensorsOrNone(argument, path)
  if (tensors.length > 0) return tensors
  return fail(`${path}: is called with ${JSON.stringify(argument)?.slice(0, 60)}, expected tensors`)
}

function tensorsOrNone(argument: unknown, path: string): Reference[] {
  if (Array.isArray(argument)) return argument.flatMap(item => tensorsOrNone(item, path))
  if (!isRecord(argument) || argument.className !== '__keras_tensor__') return []
  const history = isRecord(argument.config) ? argument.config.kerasHistory : undefined
  const [layer, call, tensor] = Array.isArray(history) ? history : []
  if (typeof layer !== 'string' || !isIndex(call) || !isIndex(tensor)) {
    return fail(`${path}: expected keras_history of [layer, node, tensor], got ${JSON.stringify(history)}`)
  }
  return [{ layer, call, tensor }]
}

const isIndex = (value: unknown): value is number => Number.isInteger(value) && (value as number) >= 0

/** Operations that Keras 3 makes masks with; the layers of TF.js have none of these names. */
export function isMaskOperation(className: unknown): boolean {
  return className === 'NotEqual' || className === 'Any'
}

/** Whether a topology was written by Keras 3: by its version, or by what only Keras 3 writes. */
export function isKeras3(topology: unknown): boolean {
  const version = findString(topology, /^keras_?version$/i)
  return /^3\./.test(version ?? '') || hasKey(topology, ['batch_shape', 'batchShape'])
}

function findString(value: unknown, key: RegExp): string | undefined {
  if (!isRecord(value)) return undefined
  const [, found] = Object.entries(value).find(([name]) => key.test(name)) ?? []
  return typeof found === 'string' ? found : undefined
}

/** Whether a value has one of the keys, at any depth. */
export function hasKey(value: unknown, keys: readonly string[]): boolean {
  if (typeof value === 'string') return keys.some(key => value.includes(`"${key}"`))
  if (Array.isArray(value)) return value.some(item => hasKey(item, keys))
  if (!isRecord(value)) return false
  return keys.some(key => key in value) || Object.values(value).some(item => hasKey(item, keys))
}

/**
 * A topology of Keras 3, with keys in camelCase, in which options that mean something else in Keras 2 and TF.js have
 * names of their own: hard_sigmoid has a slope of 1/6 and not 0.2, and bilinear upsampling takes pixels at their
 * centres.
 */
export function withKeras3Meanings(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withKeras3Meanings)
  if (!isRecord(value)) return value
  const inner = Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, withKeras3Meanings(item)]),
  )
  for (const key of ['activation', 'recurrentActivation']) {
    const name = isRecord(inner[key]) ? activationName(inner[key]) : inner[key]
    if (name === 'hard_sigmoid') inner[key] = 'hard_sigmoid_sixth'
  }
  if (inner.interpolation === 'bilinear') inner.interpolation = 'bilinear_centred'
  return inner
}

/**
 * Renames the keys of a layer's configuration to those of Keras 2 and TF.js: `batch_shape` becomes `batch_input_shape`,
 * and a `dtype` that is a policy object becomes its name.
 */
export function withKeras2Keys(config: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const { batchShape, ...rest } = config
  const dtype = isRecord(rest.dtype) && isRecord(rest.dtype.config) ? rest.dtype.config.name : rest.dtype
  return {
    ...rest,
    ...(batchShape !== undefined && { batchInputShape: rest.batchInputShape ?? batchShape }),
    ...(dtype !== undefined && { dtype }),
    ...(isRecord(rest.activation) && { activation: activationName(rest.activation) }),
    ...(isRecord(rest.recurrentActivation) && {
      recurrentActivation: activationName(rest.recurrentActivation),
    }),
  }
}

/** The name of an activation, which Keras 3 may write as an object that contains the name. */
function activationName(activation: Readonly<Record<string, unknown>>): unknown {
  return typeof activation.config === 'string' ? activation.config : activation
}
