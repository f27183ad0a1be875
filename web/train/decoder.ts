import { decoderLayers } from '../../models/architecture.ts'
import type { Architecture } from '../../models/card.ts'
import { createRunner } from '../../models/onnx/plain-runtime.ts'
import type { Parameters } from '../../train/step/parameters.ts'

/** The decoder of these parameters in the plain runtime: z [n, D_z] → xhat [n, D_x]. */
export function decoderOf(
  architecture: Architecture,
  parameters: Parameters,
): (z: Float32Array, n: number) => { xhat: Float32Array } {
  const layers = decoderLayers(architecture).map((layer, i) => ({
    ...layer,
    weights: parameters[`${layer.name}/kernel`],
    bias: parameters[`${layer.name}/bias`],
    from: i,
  }))
  const input = { name: 'z', features: architecture.latentDim }
  return createRunner({
    input,
    inputs: [input],
    layers,
    outputs: [{ name: 'xhat', value: layers.length }],
  }) as ReturnType<typeof decoderOf>
}
