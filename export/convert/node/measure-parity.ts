import type * as tf from '@tensorflow/tfjs'
import type { Numbers } from '../check/numbers.ts'
import { compareRuntimes, type Difference } from '../check/parity.ts'
import type { Runtimes } from '../check/runtimes.ts'
import { layersReference, loadReference, loadTfjs, type Reference } from '../check/tfjs.ts'
import { type ModelSource, readModelFiles } from '../files/artifacts.ts'
import type { Converted } from '../to-onnx/convert-options.ts'
import { RUNTIMES } from './runtimes.ts'

/**
 * Runs a model in TF.js and its converted form in other runtimes on the same inputs.
 *
 * @param source the model that was converted
 * @param inputs one for each input of the model, in its order
 * @param runtimes by default both builds of ORT and, if all layers are dense, models/onnx/plain-runtime.ts
 */
export async function measureParity(
  source: ModelSource | tf.LayersModel,
  converted: Converted,
  inputs: readonly Numbers[],
  runtimes: Runtimes = RUNTIMES,
): Promise<Difference[]> {
  const reference = await referenceOf(source)
  const expected = await reference.predict(inputs)
  reference.dispose()
  return compareRuntimes(converted, inputs, expected, runtimes)
}

async function referenceOf(source: ModelSource | tf.LayersModel): Promise<Reference> {
  if ('predict' in source) return layersReference(await loadTfjs(), source, false)
  return loadReference(await readModelFiles(source))
}
