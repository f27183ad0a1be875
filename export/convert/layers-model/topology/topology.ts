import { z } from 'zod'
import { fail, parse } from '../../graph/conversion-error.ts'
import { camelKeys, fromText, isRecord } from './json-keys.ts'
import {
  isKeras3,
  isKeras3Node,
  isMaskOperation,
  type Reference,
  readKeras3Node,
  withKeras2Keys,
  withKeras3Meanings,
} from './keras3.ts'

export type { Reference }

/** One layer of model.json, with the keys of `config` converted to camelCase. */
export interface LayerSpec {
  className: string
  name: string
  config: Record<string, unknown>
}

/** A layer with the inputs of each of its uses. If it is itself a model, `network` holds its layers. */
export interface Member {
  spec: LayerSpec
  network?: Network
  calls: Reference[][]
  /** Places in `calls` of uses that are given a mask, as Keras 3 writes out. */
  maskedCalls?: ReadonlySet<number>
}

/** A graph of layers: a Sequential or Functional model. */
export interface Network {
  name: string
  members: ReadonlyMap<string, Member>
  inputs: readonly Reference[]
  outputs: readonly Reference[]
}

const MODEL_CLASSES = ['Model', 'Functional', 'Sequential']
/** Models nested more deeply are refused. */
const DEEPEST = 32

const Named = z.object({
  className: z.string().min(1),
  config: z.union([z.looseObject({ name: z.string().optional() }), z.array(z.unknown())]),
  name: z.string().min(1).optional(),
})
const Index = z.int().min(0)
const Kwargs = z.record(z.string(), z.unknown()).nullish()
const Inbound = z.union([z.tuple([z.string(), Index, Index]), z.tuple([z.string(), Index, Index, Kwargs])])
const FunctionalLayer = Named.extend({
  name: z.string().min(1),
  inboundNodes: z.array(
    z.union([
      z.array(Inbound),
      z.looseObject({ args: z.array(z.unknown()), kwargs: z.record(z.string(), z.unknown()) }),
    ]),
  ),
})
const End = z.tuple([z.string(), Index, Index])
/**
 * Keras 3 writes a single input or output without the list around it, and named ones as an object, in which they have
 * the order of their names.
 */
const Ends = z.union([
  End.transform(end => [end]),
  z.array(End).min(1),
  z
    .record(z.string(), End)
    .transform(ends =>
      Object.keys(ends)
        .sort()
        .map(key => ends[key]),
    )
    .refine(ends => ends.length > 0),
])
const Functional = z.object({
  layers: z.array(z.unknown()).min(1),
  inputLayers: Ends,
  outputLayers: Ends,
})
const Sequential = z.object({ layers: z.array(z.unknown()).min(1) })

/**
 * Reads the network of a `modelTopology`, which may be wrapped in `model_config`, as an object or as JSON text.
 *
 * @throws ConversionError when it is not a Sequential or Functional model
 */
export function readTopology(topology: unknown): Network {
  let value = fromText(topology, 'modelTopology')
  if (isRecord(value) && (value.model_config ?? value.modelConfig) != null) {
    value = fromText(value.model_config ?? value.modelConfig, 'modelTopology.model_config')
  }
  if (isRecord(value) && Array.isArray(value.node)) {
    fail(
      'modelTopology: expected a layers-model, got a graph-model (a frozen TensorFlow graph, which keeps no layers). ' +
        'Convert the original Keras model with `tensorflowjs_converter --output_format=tfjs_layers_model`, or the ' +
        'original SavedModel straight to ONNX with tf2onnx.',
    )
  }
  const keyed = camelKeys(value)
  return readNetwork(isKeras3(topology) ? withKeras3Meanings(keyed) : keyed, 'modelTopology', 0).network
}

function readNetwork(value: unknown, path: string, depth: number): { spec: LayerSpec; network: Network } {
  if (depth > DEEPEST) fail(`${path}: models nested more than ${DEEPEST} deep`)
  const model = parse(Named, value, path)
  if (!MODEL_CLASSES.includes(model.className)) {
    fail(`${path}: expected a Sequential, Functional or Model, got className "${model.className}"`)
  }
  const config = Array.isArray(model.config) ? { layers: model.config } : model.config
  const name = typeof config.name === 'string' && config.name ? config.name : (model.name ?? 'model')
  const read =
    model.className === 'Sequential' && !('inputLayers' in config) ? readSequential : readFunctional
  const network = { name, ...read(config, depth === 0 ? name : `${path}/${name}`, depth) }
  return { spec: { className: model.className, name, config }, network }
}

type Wiring = Omit<Network, 'name'>

function readFunctional(config: Record<string, unknown>, path: string, depth: number): Wiring {
  const { layers, inputLayers, outputLayers } = parse(Functional, config, path)
  const members = new Map<string, Member>()
  for (const [i, value] of layers.entries()) {
    const layer = parse(FunctionalLayer, value, `${path}, layer ${i + 1}`)
    const member = readMember(value, path, depth)
    const inside = Array.isArray(layer.config) ? undefined : layer.config.name
    if (inside !== undefined && inside !== layer.name) {
      fail(`${path}: layer "${layer.name}" has another name, "${inside}", in its config`)
    }
    if (members.has(member.spec.name)) fail(`${path}: two layers are named "${member.spec.name}"`)
    const maskedCalls = new Set<number>()
    const calls = layer.inboundNodes.map((node, use) => {
      if (isKeras3Node(node)) {
        const where = `${path}/${member.spec.name}`
        const { reads, options, mask } = readKeras3Node(node, where, layer.className)
        if (mask !== undefined && isMaskOperation(classOf(layers, mask))) maskedCalls.add(use)
        else if (mask !== undefined) checkArguments({ mask: `a tensor (${mask})` }, where)
        checkArguments(options, where)
        return reads
      }
      for (const [, , , kwargs] of node) checkArguments(kwargs ?? {}, `${path}/${member.spec.name}`)
      return node.map(([name, call, tensor]): Reference => ({ layer: name, call, tensor }))
    })
    members.set(member.spec.name, { ...member, calls, ...(maskedCalls.size > 0 && { maskedCalls }) })
  }
  const keras3 = layers.some(value => hasKeras3Nodes(value))
  const end = (ends: z.infer<typeof End>[]) =>
    ends.map(([name, call, tensor]) => resolve(members, { layer: name, call, tensor }, path, keras3))
  for (const [name, member] of members) {
    member.calls = member.calls.map(call =>
      call.map(from => resolve(members, from, `${path}/${name}`, keras3)),
    )
  }
  if (new Set(inputLayers.map(([name]) => name)).size < inputLayers.length)
    fail(`${path}: lists an input twice`)
  return { members, inputs: end(inputLayers), outputs: end(outputLayers) }
}

/** The class of the layer of a name in a list of layers. */
function classOf(layers: readonly unknown[], name: string): unknown {
  return layers.find((layer): layer is { className: unknown } => isRecord(layer) && layer.name === name)
    ?.className
}

const hasKeras3Nodes = (value: unknown) =>
  isRecord(value) && Array.isArray(value.inboundNodes) && value.inboundNodes.some(isKeras3Node)

/**
 * Resolves a reference so that uses are counted from 0. Keras 2 and TF.js count the creation of a model as use 0, so
 * that its first use in another network has index 1; Keras 3 does not.
 */
function resolve(
  members: ReadonlyMap<string, Member>,
  from: Reference,
  path: string,
  keras3: boolean,
): Reference {
  const member = members.get(from.layer)
  if (!member) return fail(`${path}: takes its input from layer "${from.layer}", which is not in the model`)
  const first = member.network && !keras3 ? 1 : 0
  const uses = member.spec.className === 'InputLayer' ? 1 : member.calls.length
  if (from.call < first || from.call >= first + uses) {
    const expected = `a node index from ${first} to ${first + uses - 1}`
    fail(`${path}: expected ${expected} for layer "${from.layer}", got ${from.call}`)
  }
  return { ...from, call: from.call - first }
}

function checkArguments(kwargs: Record<string, unknown>, path: string): void {
  for (const [key, value] of Object.entries(kwargs)) {
    if (value == null || value === false || (Array.isArray(value) && value.every(item => item == null)))
      continue
    fail(
      `${path}: is called with the argument ${key} = ${JSON.stringify(value)}, which TF.js's prediction ignores`,
    )
  }
}

/**
 * Reads one layer, or a nested model, from its `{ className, config }` with keys in camelCase.
 *
 * @param depth number of models around it
 */
export function readMember(value: unknown, path: string, depth: number): Member {
  const layer = parse(Named, value, path)
  if (MODEL_CLASSES.includes(layer.className)) {
    const { spec, network } = readNetwork(value, path, depth + 1)
    return { spec: { ...spec, name: layer.name ?? spec.name }, network, calls: [] }
  }
  if (Array.isArray(layer.config))
    fail(`${path}: expected an object as the config of ${layer.className}, got an array`)
  const config = withKeras2Keys(layer.config as Record<string, unknown>)
  const name = layer.name ?? config.name
  if (typeof name !== 'string' || !name)
    fail(`${path}: expected a name for a layer of class ${layer.className}`)
  return { spec: { className: layer.className, name: name as string, config }, calls: [] }
}

function readSequential(config: Record<string, unknown>, path: string, depth: number): Wiring {
  const { layers } = parse(Sequential, config, path)
  const list = layers.map(value => readMember(value, path, depth))
  const first = list[0]
  if (first.spec.className !== 'InputLayer') list.unshift(inputOf(first, path))
  const members = new Map<string, Member>()
  for (const [i, member] of list.entries()) {
    if (members.has(member.spec.name)) fail(`${path}: two layers are named "${member.spec.name}"`)
    const calls = i === 0 ? [] : [[{ layer: list[i - 1].spec.name, call: 0, tensor: 0 }]]
    members.set(member.spec.name, { ...member, calls })
  }
  const at = (member: Member): Reference => ({ layer: member.spec.name, call: 0, tensor: 0 })
  return { members, inputs: [at(list[0])], outputs: [at(list[list.length - 1])] }
}

/** The InputLayer that a Sequential model implies when its first layer carries the input's shape itself. */
function inputOf(first: Member, path: string): Member {
  if (first.network) {
    const inner = first.network.members.get(first.network.inputs[0].layer)
    if (first.network.inputs.length === 1 && inner) {
      return { spec: { ...inner.spec, name: `${first.spec.name}_${inner.spec.name}` }, calls: [] }
    }
  }
  const { batchInputShape, dtype } = first.spec.config
  if (!Array.isArray(batchInputShape)) {
    return fail(`${path}: its first layer "${first.spec.name}" gives no batch_input_shape`)
  }
  const name = `${first.spec.name}_input`
  return { spec: { className: 'InputLayer', name, config: { name, batchInputShape, dtype } }, calls: [] }
}
