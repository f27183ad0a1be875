import type { ModelFiles } from '../files/artifacts.ts'
import { buildGraph } from '../graph/builder.ts'
import { layerFinder } from '../layers-model/custom-layers.ts'
import { addInputs, type Context, checkMasks, convertNetwork } from '../layers-model/network.ts'
import { interpretLayersModel } from '../layers-model/read-layers-model.ts'
import { isKeras3 } from '../layers-model/topology/keras3.ts'
import { weightFinder } from '../layers-model/topology/weight-names.ts'
import { boundedOutputs } from './bounded-outputs.ts'
import {
  type Converted,
  type ConvertOptions,
  checkNames,
  checkOptions,
  convertedFile,
} from './convert-options.ts'
import { encodeGraph } from './encode-graph.ts'
import { nameOutputs } from './name-outputs.ts'

/** Converts the files of a layers-model; see `convertModel`. */
export function convertLayersModel(files: ModelFiles, options: ConvertOptions): Converted {
  const { opset, precision, batch } = checkOptions(options)
  const { network, weights } = interpretLayersModel(files)
  checkNames('inputs', options.inputs, network.inputs.length)
  checkNames('outputs', options.outputs, network.outputs.length)
  const graph = buildGraph(opset)
  const context: Context = {
    graph,
    weights: weightFinder(weights, network.name),
    batch,
    find: layerFinder(options.layers ?? {}),
    masks: { made: [], missing: [] },
    unlikeTfjs: [],
    states: [],
    ...(options.state && { stateMode: options.state }),
  }
  const inputs = addInputs(context, network, options.inputs)
  const results = convertNetwork(context, network, inputs, [])
  checkMasks(context, isKeras3(files.modelTopology))
  const { states } = context
  const names = numberRepeats(network.outputs.map(({ layer }) => layer))
  const all = [...results, ...states.map(({ value }) => value)]
  const stateNames = states.map(({ name }) => name)
  const requested = options.outputs && [...options.outputs, ...stateNames]
  const outputs = nameOutputs(graph, all, requested, [...names, ...stateNames])
  return convertedFile(encodeGraph(graph, network.name, outputs, precision), {
    inputs: graph.inputs,
    outputs,
    bounded: boundedOutputs(graph.nodes, outputs),
    states: states.length,
    unlikeTfjs: context.unlikeTfjs,
  })
}

/** A layer with several outputs gives `name`, `name_1` …. */
function numberRepeats(layers: readonly string[]): string[] {
  return layers.map((layer, i) => {
    const before = layers.slice(0, i).filter(other => other === layer).length
    return before === 0 ? layer : `${layer}_${before}`
  })
}
