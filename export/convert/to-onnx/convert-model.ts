import { isGraphModel, type ModelFiles, type ModelSource, readModelFiles } from '../files/artifacts.ts'
import { fail } from '../graph/conversion-error.ts'
import { convertGraphModel } from '../graph-model/convert-graph-model.ts'
import { boundedOutputs } from './bounded-outputs.ts'
import { convertLayersModel } from './convert-layers-model.ts'
import {
  type Converted,
  type ConvertOptions,
  checkNames,
  checkOptions,
  convertedFile,
} from './convert-options.ts'
import { encodeGraph } from './encode-graph.ts'
import { nameOutputs } from './name-outputs.ts'

/**
 * Converts a TF.js model into an ONNX model that computes the same. The same model and options give the same bytes.
 *
 * @throws ConversionError when the model cannot be read, or a part of it cannot be converted exactly
 */
export async function convertModel(source: ModelSource, options: ConvertOptions = {}): Promise<Converted> {
  checkOptions(options)
  return convertModelFiles(await readModelFiles(source), options)
}

/** Converts model files that have been read; see `convertModel`. */
export function convertModelFiles(files: ModelFiles, options: ConvertOptions = {}): Converted {
  return isGraphModel(files.modelTopology) ? convertGraph(files, options) : convertLayersModel(files, options)
}

function convertGraph(files: ModelFiles, options: ConvertOptions): Converted {
  const { opset, precision, batch } = checkOptions(options)
  if (options.layers && Object.keys(options.layers).length > 0) {
    fail('custom layers are for layers-models; this is a graph-model')
  }
  const { graph, model, results, names } = convertGraphModel(files, opset, batch, options.inputs)
  checkNames('inputs', options.inputs, model.inputs.length)
  checkNames('outputs', options.outputs, results.length)
  const outputs = nameOutputs(graph, results, options.outputs, names)
  return convertedFile(encodeGraph(graph, 'graph-model', outputs, precision), {
    inputs: graph.inputs,
    outputs,
    bounded: boundedOutputs(graph.nodes, outputs),
  })
}
