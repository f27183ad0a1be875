import { z } from 'zod'
import { ConversionError, fail, parse } from '../graph/conversion-error.ts'
import type { Dim, Value } from '../graph/value.ts'
import { layerScope, type Shared } from './layer-scope.ts'
import { unlikeTfjs } from './layers/activation.ts'
import { unknownOptions } from './layers/keras-options.ts'
import type { LayerDefinition } from './layers/layer.ts'
import { ABSENT, UNCONVERTED } from './layers/table.ts'
import { type LayerSpec, type Member, type Network, type Reference, readMember } from './topology/topology.ts'

/** Context of the conversion of a network's layers. */
export interface Context extends Shared {
  /** Name of the batch size. */
  batch: string
  /** The definition of a class of layers; undefined when there is none. */
  find(className: string): LayerDefinition | undefined
  /** Paths of layers that make a mask, and of layers that have no mask but whose output a mask would change. */
  masks: { made: string[]; missing: string[] }
}

const InputConfig = z.object({
  batchInputShape: z
    .array(
      z
        .int()
        .min(1)
        .max(2 ** 31 - 1)
        .nullable(),
    )
    .min(1),
  dtype: z.enum(['float32', 'int32', 'bool']).nullish(),
})
const INPUT_TYPES = { float32: 'float', int32: 'int32', bool: 'bool' } as const

/** The graph inputs of the outermost network, in the model's order, under `names` where given. */
export function addInputs(context: Context, network: Network, names?: readonly string[]): Value[] {
  return network.inputs.map(({ layer: name }, i) => {
    const { spec } = network.members.get(name)!
    const where = `${network.name}/${name}`
    if (spec.className !== 'InputLayer')
      fail(`${where}: expected an InputLayer as input, got a ${spec.className}`)
    const config = parse(InputConfig, spec.config, `${where} (InputLayer)`)
    const label = names?.[i] ?? name
    const dims = config.batchInputShape.map(
      (dim, k): Dim => dim ?? (k === 0 ? context.batch : `${label}_${k}`),
    )
    return context.graph.input(label, INPUT_TYPES[config.dtype ?? 'float32'], dims)
  })
}

/**
 * Adds a network's layers to the graph: each use of a layer once, after the layers it reads.
 *
 * @param inputs values of `network.inputs`
 * @param scopes names of the models around this one's layers, outermost first
 * @returns values of `network.outputs`
 */
export function convertNetwork(
  context: Context,
  network: Network,
  inputs: readonly Value[],
  scopes: readonly string[],
): Value[] {
  const results = new Map<string, readonly Value[]>()
  for (const [i, from] of network.inputs.entries()) results.set(keyOf(from), [inputs[i]])

  /**
   * Converts the uses of layers that a use reads, then the use itself. A stack replaces recursion, which would overflow
   * in deep networks.
   */
  function convertUse(wanted: Reference): void {
    const stack = [wanted]
    const open = new Set<string>()
    for (let use = stack.at(-1); use; use = stack.at(-1)) {
      const path = [...scopes, use.layer].join('/')
      const member = network.members.get(use.layer)!
      const reads =
        member.calls[use.call] ?? fail(`${path}: an input of the model that the model does not list`)
      const missing = reads.filter(from => !results.has(keyOf(from)))
      if (missing.length > 0) {
        open.add(keyOf(use))
        if (missing.some(from => open.has(keyOf(from)))) fail(`${path}: depends on its own output`)
        stack.push(...missing)
        continue
      }
      if (!results.has(keyOf(use)))
        results.set(keyOf(use), convertMember(context, member, readUse(member, use, reads, path), scopes))
      open.delete(keyOf(use))
      stack.pop()
    }
  }
  function readUse(member: Member, use: Reference, reads: readonly Reference[], path: string): Value[] {
    const values = read(reads, path)
    if (!member.maskedCalls?.has(use.call)) return values
    if (!values[0]?.mask) fail(`${path}: is called with a mask that its input does not have`)
    if (!MASKED_CLASSES.includes(member.spec.className))
      fail(`${path}: is called with a mask, which TF.js's prediction ignores`)
    return values
  }
  function read(references: readonly Reference[], path: string): Value[] {
    return references.map(from => pick(results.get(keyOf(from))!, from, path))
  }
  for (const from of network.outputs) if (!results.has(keyOf(from))) convertUse(from)
  return read(network.outputs, [...scopes, network.name].join('/'))
}

/** Classes whose conversion does with a mask what Keras does. */
const MASKED_CLASSES = ['SimpleRNN', 'GRU', 'LSTM', 'Bidirectional', 'TimeDistributed', 'Masking']

const keyOf = ({ layer, call }: Reference) => `${layer}:${call}`

function pick(values: readonly Value[], from: Reference, path: string): Value {
  const value = values[from.tensor]
  if (value) return value
  return fail(
    `${path}: expected output ${from.tensor} of layer "${from.layer}", which has only ${values.length}`,
  )
}

function convertMember(
  context: Context,
  member: Member,
  values: Value[],
  scopes: readonly string[],
): Value[] {
  const { spec, network } = member
  if (!network) return convertLayer(context, spec, values, scopes)
  const path = [...scopes, spec.name].join('/')
  if (values.length !== network.inputs.length) {
    fail(`${path}: expected ${network.inputs.length} inputs, got ${values.length}`)
  }
  checkInputs(network, values, path)
  // TF.js does not pass masks into or out of a nested model.
  return convertNetwork(context, network, values.map(withoutMask), [...scopes, spec.name]).map(withoutMask)
}

/** Checks the inputs of a nested model against its input layers. */
function checkInputs(network: Network, values: readonly Value[], path: string): void {
  for (const [i, { layer }] of network.inputs.entries()) {
    const { batchInputShape } = parse(
      InputConfig,
      network.members.get(layer)!.spec.config,
      `${path}/${layer}`,
    )
    const { dims } = values[i]
    const fits = dims.every((dim, k) => typeof dim === 'string' || (batchInputShape[k] ?? dim) === dim)
    if (dims.length === batchInputShape.length && fits) continue
    const expected = batchInputShape.map(dim => dim ?? '?').join(', ')
    fail(`${path}: expected an input of shape [${expected}], got [${dims.join(', ')}]`)
  }
}

const withoutMask = (value: Value): Value => (value.mask ? { ...value, mask: undefined } : value)

/**
 * Adds one use of a layer to the graph.
 *
 * @param wrapped whether it is inside a wrapper, which is then the last of `scopes`
 * @throws ConversionError naming the layer by path and class
 */
function convertLayer(
  context: Context,
  spec: LayerSpec,
  inputs: readonly Value[],
  scopes: readonly string[],
  wrapped = false,
): Value[] {
  const path = [...scopes, spec.name].join('/')
  const where = `${path} (${spec.className})`
  const definition = context.find(spec.className)
  if (!definition) {
    const why = ABSENT[spec.className] ?? UNCONVERTED[spec.className] ?? 'a conversion in `layers` can add it'
    return fail(`${where}: layers of class ${spec.className} are not supported; ${why}`)
  }
  const config = parse(definition.schema, spec.config, where)
  const [unknown] = unknownOptions(spec.className, definition.schema, spec.config)
  if (unknown !== undefined) {
    const value = JSON.stringify(spec.config[unknown])
    fail(`${where}: option ${unknown} = ${value.slice(0, 60)} is not one that this conversion handles`)
  }
  const unlike = unlikeTfjs((config as { activation?: string }).activation ?? '')
  if (unlike) context.unlikeTfjs.push(`${where}: ${unlike}`)
  checkCount(definition, inputs, where)
  const integer = inputs.find(x => x.type !== 'float')
  if (integer && !definition.integers) fail(`${where}: expected float32 as input, got ${integer.type}`)
  if (definition.masks === 'reject' && inputs.some(x => x.mask))
    fail(`${where}: masked input is not supported`)
  const child = (layer: unknown, values: readonly Value[]) => {
    const member = readMember(layer, path, scopes.length + 1)
    if (member.network) return convertMember(context, member, [...values], [...scopes, spec.name])
    return convertLayer(context, member.spec, values, [...scopes, spec.name], true)
  }
  const scope = layerScope(context, { spec, scopes, wrapped }, child)
  const made = named(where, () =>
    context.graph.inScope(path, () => definition.convert(config, inputs, scope)),
  )
  return masked(context, definition, inputs, Array.isArray(made) ? made : [made], path)
}

function checkCount(definition: LayerDefinition, inputs: readonly Value[], where: string): void {
  const { least, most } = definition.inputs ?? { least: 1, most: 1 }
  if (inputs.length >= least && inputs.length <= most) return
  const expected =
    least === most
      ? `${least}`
      : most === Number.POSITIVE_INFINITY
        ? `${least} or more`
        : `${least} to ${most}`
  fail(`${where}: expected ${expected} inputs, got ${inputs.length}`)
}

/** Adds the layer's path and class to errors thrown below it, for example about shapes that do not fit. */
function named<T>(where: string, body: () => T): T {
  try {
    return body()
  } catch (error) {
    if (!(error instanceof ConversionError) || error.message.includes(' (')) throw error
    return fail(`${where}: ${error.message}`)
  }
}

function masked(
  { masks }: Context,
  definition: LayerDefinition,
  inputs: readonly Value[],
  made: readonly Value[],
  path: string,
): Value[] {
  if (definition.readsMask && !inputs[0].mask) masks.missing.push(path)
  const outputs = definition.masks === 'handle' ? [...made] : made.map(withoutMask)
  if (definition.masks === 'pass' && inputs[0].mask) outputs[0] = { ...outputs[0], mask: inputs[0].mask }
  if (outputs.some(value => value.mask) && !inputs[0].mask) masks.made.push(path)
  return outputs
}

/**
 * Checks for a fault of TF.js: it passes the last mask it has seen to every layer that it runs later, even if that
 * layer's input has none. A model of Keras 3, which TF.js cannot load, is converted by Keras' definition.
 *
 * @throws ConversionError when such a mask could reach a layer whose output it changes
 */
export function checkMasks(
  { masks: { made, missing }, unlikeTfjs: noted }: Context,
  isKeras3: boolean,
): void {
  if (made.length === 0 || missing.length === 0) return
  if (isKeras3) noted.push(`${missing[0]}: TF.js would give it the mask that ${made[0]} made for another`)
  else
    fail(
      `${missing[0]}: its input has no mask, but TF.js would give it the mask that ${made[0]} made for another; ` +
        'models that mask one recurrent layer and not another cannot be converted exactly',
    )
}
