import type * as tf from '@tensorflow/tfjs'
import type { Weight } from '../files/weights.ts'
import { fail } from '../graph/conversion-error.ts'
import type { LayersModel } from '../layers-model/read-layers-model.ts'
import { isRecord } from '../layers-model/topology/json-keys.ts'
import { hasKey, isKeras3, isMaskOperation, withKeras2Keys } from '../layers-model/topology/keras3.ts'
import { type LayerSpec, type Member, type Network, readMember } from '../layers-model/topology/topology.ts'
import { type Place, type WeightFinder, weightFinder } from '../layers-model/topology/weight-names.ts'

/** Whether a topology is in the format of Keras 3, which TF.js cannot load or loads without some options. */
export function needsRebuilding(topology: unknown): boolean {
  return isKeras3(topology) || hasKey(topology, ['negative_slope', 'negativeSlope'])
}

/**
 * Rebuilds a Keras 3 model in TF.js: the same layers, in the format that TF.js reads, with the same weights.
 *
 * @param prepare removes from a topology what only training needs
 */
export async function loadKeras3(
  module: typeof tf,
  { network, weights }: LayersModel,
  prepare: (topology: unknown) => unknown,
): Promise<tf.LayersModel> {
  const topology = prepare(networkTopology(network))
  const model = await module.models.modelFromJSON({ modelTopology: topology } as never)
  fillNetwork(module, model.layers, network, [], weightFinder(weights, network.name))
  return model
}

/** A network as the Functional model that TF.js reads: uses of models inside it are counted from 1. */
function networkTopology({ name, members, inputs, outputs }: Network): object {
  const firstUse = (layer: string) => (members.get(layer)?.network ? 1 : 0)
  const end = ({ layer, call, tensor }: Network['inputs'][number]) => [layer, call + firstUse(layer), tensor]
  // Masks are made by the layers themselves in TF.js.
  const kept = [...members.values()].filter(({ spec }) => !isMaskOperation(spec.className))
  const layers = kept.map(member => ({
    name: member.spec.name,
    ...memberTopology(member),
    inboundNodes: member.calls.map(reads => reads.map(from => [...end(from), {}])),
  }))
  const config = { name, layers, inputLayers: inputs.map(end), outputLayers: outputs.map(end) }
  return { className: 'Functional', config }
}

function memberTopology({ spec, network }: Member): object {
  if (!network) return { className: spec.className, config: layerConfig(spec) }
  return networkTopology({ ...network, name: spec.name })
}

/** A layer's options under TF.js's names, those of the layers that it wraps too. */
function layerConfig({ className, name, config }: LayerSpec): Record<string, unknown> {
  const { negativeSlope, layer, backwardLayer: _, ...rest } = withKeras2Keys(config)
  return {
    ...rest,
    name,
    ...(rest.activation === 'silu' && { activation: 'swish' }),
    ...(className === 'LeakyReLU' && negativeSlope != null && { alpha: negativeSlope }),
    ...(isLayer(layer) && { layer: memberTopology(readMember(layer, name, 1)) }),
  }
}

const isLayer = (value: unknown): value is Omit<LayerSpec, 'name'> =>
  isRecord(value) && typeof value.className === 'string' && isRecord(value.config)

/** The parts of TF.js's layers that are used here; its own types lack the layers inside wrappers. */
interface TfjsLayer {
  name: string
  weights: tf.LayerVariable[]
  getClassName(): string
  layers?: TfjsLayer[]
  layer?: TfjsLayer
  forwardLayer?: TfjsLayer
  backwardLayer?: TfjsLayer
}

function fillNetwork(
  module: typeof tf,
  layers: readonly unknown[],
  network: Network,
  scopes: readonly string[],
  weights: WeightFinder,
): void {
  for (const layer of layers as TfjsLayer[]) {
    const member = network.members.get(layer.name)
    if (!member) continue
    const { spec } = member
    if (member.network)
      fillNetwork(module, layer.layers ?? [], member.network, [...scopes, spec.name], weights)
    else fillLayer(module, layer, { spec, scopes, wrapped: false }, weights)
  }
}

function fillLayer(module: typeof tf, layer: TfjsLayer, place: Place, weights: WeightFinder): void {
  const { spec, scopes } = place
  const inner = [...scopes, spec.name]
  if (layer.forwardLayer && layer.backwardLayer) {
    // Keras 3 names each direction; TF.js derives their names from the layer's.
    const { config } = spec as LayerSpec
    const named = (value: unknown, other: string) =>
      isLayer(value) && typeof value.config.name === 'string' ? value.config.name : other
    const own = named(config.layer, spec.name)
    fillDirection(module, layer.forwardLayer, [`forward_${own}`, own], place, weights)
    fillDirection(
      module,
      layer.backwardLayer,
      [`backward_${own}`, named(config.backwardLayer, own)],
      place,
      weights,
    )
  } else if (layer.layer) {
    const wrapped = { name: layer.layer.name, className: layer.layer.getClassName() }
    const { layer: inside } = (spec as LayerSpec).config
    const { network } = readMember(inside, spec.name, 1)
    if (network) fillNetwork(module, layer.layer.layers ?? [], network, [...inner, wrapped.name], weights)
    else fillLayer(module, layer.layer, { spec: wrapped, scopes: inner, wrapped: true }, weights)
  } else fillWeights(module, layer, place, weights)
}

/** Sets the weights of one direction. @param names of the direction; the first that has weights is used */
function fillDirection(
  module: typeof tf,
  layer: TfjsLayer,
  names: readonly string[],
  { spec, scopes }: Place,
  weights: WeightFinder,
): void {
  const places = names.map(name => ({
    spec: { className: spec.className, name },
    scopes: [...scopes, spec.name],
    wrapped: false,
  }))
  const found = places.find(place => weights.find(place, 'kernel'))
  fillWeights(module, layer, found ?? places[0], weights)
}

/** Keras 3 calls the kernel of a depthwise convolution `kernel`. */
const OTHER_NAMES: Readonly<Record<string, string>> = { depthwise_kernel: 'kernel' }

function fillWeights(module: typeof tf, layer: TfjsLayer, place: Place, weights: WeightFinder): void {
  for (const variable of layer.weights) {
    const name = variable.originalName.slice(variable.originalName.lastIndexOf('/') + 1)
    const weight =
      weights.find(place, name) ??
      (OTHER_NAMES[name] === undefined ? undefined : weights.find(place, OTHER_NAMES[name])) ??
      fail(`${[...place.scopes, place.spec.name].join('/')}: weight "${name}" is missing`)
    const values = tensorOf(module, weight)
    variable.write(values)
    values.dispose()
  }
}

const tensorOf = (module: typeof tf, { values, dims }: Weight) =>
  module.tensor(Float32Array.from(values), [...dims], 'float32')
