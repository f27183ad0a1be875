import { fail } from '../../graph/conversion-error.ts'

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

export const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** Whether a use of a layer is in the format of Keras 3. */
export function isKeras3Node(node: unknown): node is Keras3Node {
  return isRecord(node) && Array.isArray(node.args) && isRecord(node.kwargs)
}

/** Arguments that pass tensors after the first one, in the order in which TF.js lists them. */
const TENSOR_ARGUMENTS = ['initialState']

/**
 * The tensors that a use of a layer reads, from its `__keras_tensor__` objects with keys in camelCase, and the
 * arguments that are not tensors.
 *
 * @throws ConversionError for an argument that holds no tensor where one is needed
 */
export function readKeras3Node(
  { args, kwargs }: Keras3Node,
  path: string,
): { reads: Reference[]; options: Record<string, unknown> } {
  const reads = args.flatMap(argument => tensorsIn(argument, path))
  const options: Record<string, unknown> = {}
  for (const [key, value] of Object.entries(kwargs)) {
    const tensors = value === null ? [] : tensorsOrNone(value, path)
    if (tensors.length === 0) options[key] = value
    else if (TENSOR_ARGUMENTS.includes(key)) reads.push(...tensors)
    else options[key] = `a tensor (${tensors[0].layer})`
  }
  return { reads, options }
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
