import type * as tf from '@tensorflow/tfjs'
import { concatBytes } from '../../../models/files/bytes.ts'
import { isGraphModel, type ModelFiles } from '../files/artifacts.ts'
import { readGraphModel } from '../graph-model/topology/read-graph-model.ts'
import { interpretLayersModel } from '../layers-model/read-layers-model.ts'
import { fromText } from '../layers-model/topology/json-keys.ts'
import { loadKeras3, needsRebuilding } from './keras3-model.ts'
import type { Numbers } from './numbers.ts'
import { installed } from './runtimes.ts'

/** A model as TF.js runs it. */
export interface Reference {
  /** TF.js's own outputs, in the model's order. */
  predict(inputs: readonly Numbers[]): Promise<Numbers[]>
  dispose(): void
}

/** Loads a model in TF.js on its cpu backend, the most exact one. */
export async function loadReference(files: ModelFiles): Promise<Reference> {
  const tf = await loadTfjs()
  if (isGraphModel(files.modelTopology)) return graphReference(tf, files)
  return layersReference(tf, await loadModel(tf, files), true)
}

/** Wraps a layers-model that is loaded already. @param owned whether `dispose` disposes of the model too */
export function layersReference(module: typeof tf, model: tf.LayersModel, owned: boolean): Reference {
  return {
    async predict(inputs) {
      const tensors = inputs.map(({ dims, data }, i) =>
        module.tensor(data, [...dims], (model.inputs[i]?.dtype ?? 'float32') as 'float32'),
      )
      const outputs = [model.predict(tensors)].flat()
      const results = await Promise.all(
        outputs.map(async output => ({ dims: output.shape, data: await output.data() }) as Numbers),
      )
      module.dispose([tensors, outputs])
      return results
    },
    dispose: () => {
      if (owned) model.dispose()
    },
  }
}

/** Loads a graph-model. It is run by `executeAsync`, because `execute` cannot run control flow. */
async function graphReference(module: typeof tf, files: ModelFiles): Promise<Reference> {
  const { modelTopology, weightSpecs, signature, userDefinedMetadata } = files
  const weightData = concatBytes(files.weightData).buffer
  const artifacts = { modelTopology, weightSpecs, weightData, signature, userDefinedMetadata }
  const model = await module.loadGraphModel(module.io.fromMemory(artifacts as tf.io.ModelArtifacts))
  const { inputs, outputs } = readGraphModel(files)
  return {
    async predict(numbers) {
      const tensors = numbers.map(({ dims, data }, i) =>
        module.tensor(data, [...dims], inputs[i].dtype as 'float32'),
      )
      const feeds = Object.fromEntries(tensors.map((tensor, i) => [inputs[i].node, tensor]))
      const names = outputs.map(({ source }) =>
        source.index ? `${source.node}:${source.index}` : source.node,
      )
      const results = [await model.executeAsync(feeds, names)].flat()
      const read = results.map(async result => ({ dims: result.shape, data: await result.data() }) as Numbers)
      const all = await Promise.all(read)
      module.dispose([tensors, results])
      return all
    },
    dispose: () => model.dispose(),
  }
}

/** Loads TF.js with its plain JavaScript backend. @throws ConversionError when it is not installed */
export async function loadTfjs(): Promise<typeof tf> {
  const module = await installed('@tensorflow/tfjs', () => import('@tensorflow/tfjs'))
  // Without it TF.js advertises its native backend on standard error.
  module.enableProdMode()
  await module.setBackend('cpu')
  return module
}

async function loadModel(module: typeof tf, files: ModelFiles): Promise<tf.LayersModel> {
  if (needsRebuilding(files.modelTopology))
    return loadKeras3(module, interpretLayersModel(files), forPrediction)
  const artifacts = {
    modelTopology: forPrediction(files.modelTopology),
    weightSpecs: files.weightSpecs,
    weightData: concatBytes(files.weightData).buffer,
  }
  return module.loadLayersModel(module.io.fromMemory(artifacts as tf.io.ModelArtifacts))
}

/**
 * Removes from a topology what only training needs. TF.js draws initial weights before it reads the stored ones. That is
 * slow, and never ends if a damaged initializer describes weights that cannot be drawn.
 */
function forPrediction(topology: unknown): unknown {
  if (Array.isArray(topology)) return topology.map(forPrediction)
  if (typeof topology !== 'object' || topology === null) return topology
  const kept = Object.entries(topology).filter(([key]) => !/(initializer|regularizer|constraint)$/i.test(key))
  return Object.fromEntries(
    kept.map(([key, value]) => [key, forPrediction(key === 'model_config' ? fromText(value, key) : value)]),
  )
}
