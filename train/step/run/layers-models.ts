import { type DenseShape, decoderLayers, encoderLayers } from '../../../models/architecture.ts'
import type { Architecture } from '../../../models/card.ts'
import { bytesOf, concatBytes } from '../../../models/files/bytes.ts'
import type { ParameterShape, Parameters } from '../parameters.ts'

/** A TF.js LayersModel as `tf.loadLayersModel` and the converter read it. */
export interface LayersModelFiles {
  modelTopology: object
  weightSpecs: { name: string; shape: number[]; dtype: 'float32' }[]
  /** All weights in the order of `weightSpecs`, float32 in little-endian order. */
  weightData: Uint8Array<ArrayBuffer>
}

/** The layers of one model as TF.js writes them, in a form that can still be added to. */
interface Topology {
  layers: object[]
  weights: ParameterShape[]
}

/**
 * The two LayersModels of a trained model: encoder x (, y) → mu, logvar (an AE: z), decoder z (, y) → xhat.
 *
 * @param parameters the tensors of `parameterShapes`, by name
 */
export function layersModels(
  architecture: Architecture,
  parameters: Parameters,
): { encoder: LayersModelFiles; decoder: LayersModelFiles } {
  const { inputDim, latentDim, kind } = architecture
  const encoder = encoderLayers(architecture)
  const heads = encoder.slice(kind === 'vae' ? -2 : -1)
  const trunk = encoder.slice(0, -heads.length)
  const decoder = decoderLayers(architecture)
  return {
    encoder: files('encoder', ['x', inputDim], architecture, trunk, heads, parameters),
    // An AE's encoder has an output z: the decoder's input has another name, so that the two can be joined.
    decoder: files(
      'decoder',
      [kind === 'vae' ? 'z' : 'latent', latentDim],
      architecture,
      decoder.slice(0, -1),
      decoder.slice(-1),
      parameters,
    ),
  }
}

/** A model of an input (and y in a conditional model), a chain of dense layers, and output layers that read its end. */
function files(
  name: string,
  [input, features]: [string, number],
  { classes }: Architecture,
  chain: DenseShape[],
  outputs: DenseShape[],
  parameters: Parameters,
): LayersModelFiles {
  const topology: Topology = { layers: [inputLayer(input, features)], weights: [] }
  let from = input
  if (classes) {
    topology.layers.push(inputLayer('y', classes), concatenate('joined', [input, 'y']))
    from = 'joined'
  }
  for (const layer of chain) {
    addDense(topology, layer, from)
    from = layer.name
  }
  for (const layer of outputs) addDense(topology, layer, from)
  const end = (layer: string) => [layer, 0, 0]
  return {
    modelTopology: {
      class_name: 'Model',
      config: {
        name,
        layers: topology.layers,
        input_layers: [end(input), ...(classes ? [end('y')] : [])],
        output_layers: outputs.map(layer => end(layer.name)),
      },
      keras_version: 'tfjs-layers 4.22.0',
      backend: 'tensor_flow.js',
    },
    weightSpecs: topology.weights.map(weight => ({ ...weight, dtype: 'float32' })),
    weightData: concatBytes(topology.weights.map(weight => bytesOf(parameters[weight.name]))),
  }
}

function inputLayer(name: string, features: number): object {
  const config = { batch_input_shape: [null, features], dtype: 'float32', sparse: false, name }
  return { name, class_name: 'InputLayer', config, inbound_nodes: [] }
}

function concatenate(name: string, from: string[]): object {
  const inbound_nodes = [from.map(each => [each, 0, 0, {}])]
  return { name, class_name: 'Concatenate', config: { axis: -1, name, trainable: true }, inbound_nodes }
}

function addDense(
  { layers, weights }: Topology,
  { name, inputs, units, activation }: DenseShape,
  from: string,
): void {
  const config = { units, activation, use_bias: true, name, trainable: true }
  layers.push({ name, class_name: 'Dense', config, inbound_nodes: [[[from, 0, 0, {}]]] })
  weights.push({ name: `${name}/kernel`, shape: [inputs, units] }, { name: `${name}/bias`, shape: [units] })
}

/** The text of a model.json whose weights stand in `weights.bin`. */
export function modelJson({ modelTopology, weightSpecs }: LayersModelFiles): string {
  return JSON.stringify({
    modelTopology,
    format: 'layers-model',
    generatedBy: 'latent-edge',
    convertedBy: null,
    weightsManifest: [{ paths: ['weights.bin'], weights: weightSpecs }],
  })
}
