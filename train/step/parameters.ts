import { type DenseShape, decoderLayers, encoderLayers } from '../../models/architecture.ts'
import type { Architecture, Prior } from '../../models/card.ts'
import { createRng, normals } from '../../models/random.ts'

/** A trained tensor's name, `<layer>/kernel` or `<layer>/bias`, and shape: [inputs, units] or [units]. */
export interface ParameterShape {
  name: string
  shape: number[]
}

/** Trained tensors by name, row-major. */
export type Parameters = Record<string, Float32Array>

/** Every trained tensor of a model, encoder before decoder, kernel before bias. */
export function parameterShapes(architecture: Architecture): ParameterShape[] {
  return allLayers(architecture).flatMap(({ name, inputs, units }) => [
    { name: `${name}/kernel`, shape: [inputs, units] },
    { name: `${name}/bias`, shape: [units] },
  ])
}

/**
 * Initial parameters. Kernels before a ReLU: normal with variance 2/inputs (He et al. 2015); others: uniform with
 * variance 2/(inputs + units) (Glorot & Bengio 2010), the logvar head's a tenth of that, so that training starts at a
 * posterior of about unit variance. Biases are 0, except for a VAE whose prior has a mean m other than 0: the bias of
 * its mu head is m, and that of its decoder's first layer −m·W. Training then starts as near to the prior as it does
 * with a mean of 0; with all biases 0 it would start 62 nats away from N((5, 10), I).
 *
 * @param seed an integer in [0, 2³²); each tensor has a stream of its own
 */
export function initialParameters(architecture: Architecture, seed: number, { mean }: Prior): Parameters {
  const parameters: Parameters = {}
  for (const layer of allLayers(architecture)) {
    parameters[`${layer.name}/kernel`] = initialKernel(layer, seed)
    parameters[`${layer.name}/bias`] = new Float32Array(layer.units)
  }
  if (architecture.kind === 'vae' && mean.some(m => m !== 0)) centre(architecture, parameters, mean)
  return parameters
}

/** Moves the latents that the encoder gives, and those that the decoder expects, from around 0 to around `mean`. */
function centre(architecture: Architecture, parameters: Parameters, mean: readonly number[]): void {
  parameters['mu/bias'].set(mean)
  const [{ name, units }] = decoderLayers(architecture)
  const kernel = parameters[`${name}/kernel`]
  const bias = parameters[`${name}/bias`]
  for (let j = 0; j < units; j++) {
    bias[j] = -mean.reduce((sum, m, i) => sum + m * kernel[i * units + j], 0)
  }
}

function initialKernel({ name, inputs, units, activation }: DenseShape, seed: number): Float32Array {
  const uniform = createRng(seed, 'initial', name)
  const kernel = new Float32Array(inputs * units)
  if (activation === 'relu') {
    const deviation = Math.sqrt(2 / inputs)
    return normals(uniform, kernel).map(value => value * deviation)
  }
  const limit = Math.sqrt(6 / (inputs + units)) * (name === 'logvar' ? 0.1 : 1)
  return kernel.map(() => limit * (2 * uniform() - 1))
}

function allLayers(architecture: Architecture): DenseShape[] {
  return [...encoderLayers(architecture), ...decoderLayers(architecture)]
}
