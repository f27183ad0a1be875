import { type ModelFiles, type ModelSource, readModelFiles } from '../files/artifacts.ts'
import { decodeWeights, type Weight } from '../files/weights.ts'
import { type Network, readTopology } from './topology/topology.ts'

/** A TF.js LayersModel: its layers and, by name, its weights. */
export interface LayersModel {
  network: Network
  weights: ReadonlyMap<string, Weight>
}

/**
 * Reads a LayersModel.
 *
 * @throws ConversionError when a file is missing, has the wrong size or is not what it should be
 */
export async function readLayersModel(source: ModelSource): Promise<LayersModel> {
  return interpretLayersModel(await readModelFiles(source))
}

/** The layers and weights of model files already read. */
export function interpretLayersModel({ modelTopology, weightSpecs, weightData }: ModelFiles): LayersModel {
  return {
    network: readTopology(modelTopology),
    weights: decodeWeights(weightSpecs, weightData, 'weights'),
  }
}
