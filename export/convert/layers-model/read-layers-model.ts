import { type ModelFiles, type ModelSource, readModelFiles } from '../files/artifacts.ts'
import { decodeWeights, type Weight } from '../files/weights.ts'
import { type Network, readTopology } from './topology/topology.ts'

/** A TF.js LayersModel: its layers and, by name, its weights. */
export interface LayersModel {
  network: Network
  weights: ReadonlyMap<string, Weight>
}

/**
 * Reads a LayersModel: layers and weights.
 *
 * @throws ConversionError when a file is missing, has the wrong size or has invalid content
 */
export async function readLayersModel(source: ModelSource): Promise<LayersModel> {
  return interpretLayersModel(await readModelFiles(source))
}

/** Interprets model files that have been read: layers and weights. */
export function interpretLayersModel({ modelTopology, weightSpecs, weightData }: ModelFiles): LayersModel {
  return {
    network: readTopology(modelTopology),
    weights: decodeWeights(weightSpecs, weightData, 'weights'),
  }
}
