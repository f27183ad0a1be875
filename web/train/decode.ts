import { decoderLayers } from '../../models/architecture.ts'
import type { Architecture } from '../../models/card.ts'
import { createRunner } from '../../models/onnx/plain-runtime.ts'
import { joinRows } from '../../models/rows.ts'
import type { Parameters } from '../../train/step/parameters.ts'

/**
 * Decodes latents in the plain runtime.
 *
 * @param z [n, D_z]
 * @param y class probabilities [n, classes]; null for a model that is not conditional
 * @returns xhat [n, D_x]
 */
export function decode(
  architecture: Architecture,
  parameters: Parameters,
  z: Float32Array,
  y: Float32Array | null,
  n: number,
): Float32Array {
  const layers = decoderLayers(architecture).map((layer, i) => ({
    ...layer,
    weights: parameters[`${layer.name}/kernel`],
    bias: parameters[`${layer.name}/bias`],
    from: i,
  }))
  const features = layers[0].inputs
  const input = { name: 'z', features }
  const run = createRunner({
    input,
    inputs: [input],
    layers,
    outputs: [{ name: 'xhat', value: layers.length }],
  })
  return run(y ? joinRows([z, y], n) : z, n).xhat
}
