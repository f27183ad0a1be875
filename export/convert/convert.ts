import {
  encodeModel,
  type Graph,
  type Node,
  type Value as OnnxValue,
  type Tensor,
} from '../../models/onnx/encode-model.ts'
import { findLayer } from './custom-layers.ts'
import { type Builder, buildGraph, type Constant, type Value } from './graph/builder.ts'
import { refuse } from './graph/conversion-error.ts'
import { fold } from './graph/fold-constants.ts'
import { PRECISIONS, type Precision, storeConstant } from './graph/precision.ts'
import { type LayersModelSource, readLayersModel } from './layers-model/layers-model.ts'
import { addInputs, type Context, checkMasks, convertNetwork } from './layers-model/network.ts'

export interface ConvertOptions {
  /** How weights are stored; default fp32. */
  precision?: Precision
  /** ONNX operator set, 13 to 21; default 17. */
  opset?: number
  /** Names of the graph's inputs in the model's order; default those of its input layers. */
  inputs?: readonly string[]
  /** Names of the graph's outputs in the model's order; default those of the layers they come from. */
  outputs?: readonly string[]
  /** Name of the batch size, which is left open; default "batch". */
  batch?: string
}

/** A converted model: the file's bytes, and its inputs and outputs in order. */
export interface Converted {
  bytes: Uint8Array
  inputs: readonly OnnxValue[]
  outputs: readonly OnnxValue[]
}

/** Protocol buffers end at 2 GiB; a part is left for what is not weights. */
const LARGEST_FILE = 2 ** 31 - 2 ** 24

/** Operator sets that can be asked for. */
export const OPSETS = { least: 13, default: 17, most: 21 } as const

/**
 * Turns a TF.js LayersModel into an ONNX model that computes the same. The same model and options give the same
 * bytes.
 *
 * @throws ConversionError when the model cannot be read, or a layer of it cannot be converted exactly
 */
export async function convertLayersModel(
  source: LayersModelSource,
  options: ConvertOptions = {},
): Promise<Converted> {
  const opset = options.opset ?? OPSETS.default
  if (!Number.isInteger(opset) || opset < OPSETS.least || opset > OPSETS.most) {
    refuse(`opset: expected an integer from ${OPSETS.least} to ${OPSETS.most}, got ${opset}`)
  }
  const precision = options.precision ?? 'fp32'
  if (!PRECISIONS.includes(precision))
    refuse(`precision: expected ${PRECISIONS.join(', ')}, got ${precision}`)
  const model = await readLayersModel(source)
  const { network } = model
  checkCount('inputs', options.inputs, network.inputs.length)
  checkCount('outputs', options.outputs, network.outputs.length)
  const graph = buildGraph(opset)
  const context: Context = {
    graph,
    model,
    batch: options.batch ?? 'batch',
    find: findLayer,
    masks: { made: [], missing: [] },
  }
  const inputs = addInputs(context, network, options.inputs)
  const results = convertNetwork(context, network, inputs, [])
  checkMasks(context)
  const outputs = nameOutputs(graph, results, options.outputs, outputNames(network.outputs.map(o => o.layer)))
  return { bytes: encode(graph, network.name, outputs, precision), inputs: graph.inputs, outputs }
}

function checkCount(what: string, names: readonly string[] | undefined, count: number): void {
  if (!names) return
  if (names.length !== count)
    refuse(`${what}: expected ${count} names, one for each of the model's, got ${names.length}`)
  if (new Set(names).size !== count) refuse(`${what}: expected different names, got ${names.join(', ')}`)
}

/** A layer with several outputs gives `name`, `name_1` …. */
function outputNames(layers: readonly string[]): string[] {
  return layers.map((layer, i) => {
    const before = layers.slice(0, i).filter(other => other === layer).length
    return before === 0 ? layer : `${layer}_${before}`
  })
}

/**
 * Gives results their names in the graph: those asked for, else the layers', with a suffix where one is taken. A
 * result that is an input, or another output too, is copied first.
 */
function nameOutputs(
  graph: Builder,
  results: readonly Value[],
  asked: readonly string[] | undefined,
  layers: readonly string[],
): Value[] {
  const made = new Set(graph.nodes.flatMap(node => node.outputs))
  const own = results.map((value, i) => {
    const first = results.findIndex(result => result.name === value.name) === i
    return first && made.has(value.name) ? value : graph.op('Identity', [value])
  })
  const taken = new Set([...graph.inputs.map(input => input.name), ...graph.constants.keys(), ...made])
  return own.map((value, i) => {
    let name = asked?.[i] ?? layers[i]
    if (asked && taken.has(name)) refuse(`outputs: the name "${name}" is taken by another value of the graph`)
    while (taken.has(name)) name = `${name}_output`
    taken.add(name)
    return rename(graph, value, name)
  })
}

function rename(graph: Builder, value: Value, name: string): Value {
  const swap = (list: readonly string[]) => list.map(item => (item === value.name ? name : item))
  graph.nodes.forEach((node, i) => {
    const results = node.results.map(result => (result.name === value.name ? { ...result, name } : result))
    graph.nodes[i] = { ...node, inputs: swap(node.inputs), outputs: swap(node.outputs), results }
  })
  return { ...value, name }
}

function encode(graph: Builder, name: string, outputs: readonly Value[], precision: Precision): Uint8Array {
  const nodes = fold(
    alive(graph, outputs),
    graph.constants,
    outputs.map(output => output.name),
  )
  const used = new Set(nodes.flatMap(node => node.inputs))
  const tensors: Tensor[] = []
  const restored: Node[] = []
  const values: OnnxValue[] = []
  for (const value of graph.constants.values()) {
    if (!used.has(value.name)) continue
    const stored = storeConstant(value as Value & { constant: Constant }, precision)
    tensors.push(...stored.tensors)
    restored.push(...stored.nodes)
    if (stored.nodes.length > 0) values.push(value)
  }
  const size = tensors.reduce((sum, { data }) => sum + data.length, 0)
  if (size > LARGEST_FILE)
    refuse(`weights of ${size} bytes do not fit into one ONNX file, which holds ${LARGEST_FILE}`)
  const ends = new Set(outputs.map(output => output.name))
  const encoded: Graph = {
    name,
    nodes: [...restored, ...nodes],
    inputs: graph.inputs,
    outputs,
    initializers: tensors,
    values: [...values, ...nodes.flatMap(node => node.results).filter(value => !ends.has(value.name))],
  }
  return encodeModel(encoded, {
    opset: graph.opset,
    irVersion: graph.opset >= 21 ? 10 : graph.opset >= 19 ? 9 : 8,
  })
}

/** The nodes that an output depends on, in order. */
function alive(graph: Builder, outputs: readonly Value[]) {
  const needed = new Set(outputs.map(output => output.name))
  const kept = graph.nodes.toReversed().filter(node => {
    if (!node.outputs.some(output => needed.has(output))) return false
    for (const input of node.inputs) needed.add(input)
    return true
  })
  return kept.reverse()
}
