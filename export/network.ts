import { z } from 'zod'
import type { Builder, Dim, Value } from './graph.ts'
import type { LayerDefinition, LayerScope } from './layers/layer.ts'
import type { LayersModel } from './layersmodel.ts'
import { ConversionError, parse, refuse, shapeText } from './refusal.ts'
import type { LayerSpec, Member, Network, Reference } from './topology.ts'
import { findWeight } from './weightnames.ts'

/** What the conversion of a network's layers needs at hand. */
export interface Context {
  graph: Builder
  model: LayersModel
  batch: string
  /** The definition of a class of layers; undefined when there is none. */
  find(className: string): LayerDefinition | undefined
}

const InputConfig = z.object({
  batchInputShape: z.array(z.int().min(1).nullable()).min(1),
  dtype: z.enum(['float32', 'int32', 'bool']).nullish(),
})
const INPUT_TYPES = { float32: 'float', int32: 'int32', bool: 'bool' } as const

/** The graph inputs of the outermost network, in the model's order, under `names` where given. */
export function addInputs(context: Context, network: Network, names?: readonly string[]): Value[] {
  return network.inputs.map(({ layer: name }, i) => {
    const { spec } = network.members.get(name)!
    if (spec.className !== 'InputLayer')
      refuse(`${network.name}: its input "${name}" is of class ${spec.className}`)
    const config = parse(InputConfig, spec.config, `${network.name}/${name} (InputLayer)`)
    const label = names?.[i] ?? name
    const dims = config.batchInputShape.map(
      (dim, k): Dim => dim ?? (k === 0 ? context.batch : `${label}_${k}`),
    )
    return context.graph.input(label, INPUT_TYPES[config.dtype ?? 'float32'], dims)
  })
}

/**
 * Adds a network's layers to the graph, each use of a layer once and after what it reads.
 *
 * @param inputs values of `network.inputs`
 * @param scopes names of the models around this one, outermost first
 * @returns values of `network.outputs`
 */
export function convertNetwork(
  context: Context,
  network: Network,
  inputs: readonly Value[],
  scopes: readonly string[],
): Value[] {
  const results = new Map<string, readonly Value[]>()
  const pending = new Set<string>()
  for (const [i, { layer }] of network.inputs.entries()) results.set(`${layer}:0`, [inputs[i]])

  function evaluate({ layer, call }: Reference): readonly Value[] {
    const key = `${layer}:${call}`
    const done = results.get(key)
    if (done) return done
    const path = [...scopes, layer].join('/')
    const member = network.members.get(layer)!
    if (pending.has(key)) refuse(`${path}: depends on its own output`)
    if (!member.calls[call]) refuse(`${path}: an input of the model that the model does not list`)
    pending.add(key)
    const values = member.calls[call].map(from => pick(evaluate(from), from, path))
    const made = convertMember(context, member, values, scopes)
    pending.delete(key)
    results.set(key, made)
    return made
  }
  return network.outputs.map(from => pick(evaluate(from), from, [...scopes, network.name].join('/')))
}

function pick(values: readonly Value[], from: Reference, path: string): Value {
  const value = values[from.tensor]
  if (value) return value
  return refuse(`${path}: wants output ${from.tensor} of layer "${from.layer}", which has ${values.length}`)
}

function convertMember(
  context: Context,
  member: Member,
  values: Value[],
  scopes: readonly string[],
): Value[] {
  const { spec, network } = member
  if (!network) return convertLayer(context, spec, values, scopes)
  if (values.length !== network.inputs.length) {
    refuse(
      `${[...scopes, spec.name].join('/')}: expected ${network.inputs.length} inputs, got ${values.length}`,
    )
  }
  return convertNetwork(context, network, values, [...scopes, spec.name])
}

/**
 * Adds one use of a layer to the graph.
 *
 * @throws ConversionError naming the layer, its class and its path
 */
export function convertLayer(
  context: Context,
  spec: LayerSpec,
  inputs: readonly Value[],
  scopes: readonly string[],
): Value[] {
  const scope = [...scopes, spec.name].join('/')
  const where = `${scope} (${spec.className})`
  const definition = context.find(spec.className)
  if (!definition) {
    return refuse(`${where}: layers of class ${spec.className} are not supported; registerLayer can add one`)
  }
  const config = parse(definition.schema, spec.config, where)
  if (inputs.length === 0) refuse(`${where}: has no input`)
  const layer: LayerScope = {
    name: spec.name,
    className: spec.className,
    graph: context.graph,
    scope,
    refuse: reason => refuse(`${where}: ${reason}`),
    numbers(name, dims) {
      const weight = findWeight(context.model.weights, scopes, spec.name, name)
      if (!weight) return refuse(`${where}: weight "${spec.name}/${name}" is missing`)
      const actual = shapeText(weight.dims)
      if (actual !== shapeText(dims)) {
        refuse(`${where}: weight "${name}": expected shape ${shapeText(dims)}, got ${actual}`)
      }
      return Float32Array.from(weight.values)
    },
    weight: (name, dims, axis) =>
      context.graph.weight(`${scope}/${name}`, dims, layer.numbers(name, dims), axis),
  }
  try {
    const made = context.graph.within(scope, () => definition.convert(config, inputs, layer))
    return Array.isArray(made) ? made : [made]
  } catch (error) {
    if (error instanceof ConversionError && !error.message.startsWith(scopes[0] ?? scope))
      refuse(`${where}: ${error.message}`)
    throw error
  }
}
