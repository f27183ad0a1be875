import { type Architecture, type DenseShape, decoderLayers, encoderLayers } from '../models/architecture.ts'
import { normals, stream } from '../models/random.ts'

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
 * posterior of about unit variance. Biases are 0.
 *
 * @param seed an integer in [0, 2³²); each tensor has a stream of its own
 */
export function initialParameters(architecture: Architecture, seed: number): Parameters {
  const parameters: Parameters = {}
  for (const layer of allLayers(architecture)) {
    parameters[`${layer.name}/kernel`] = initialKernel(layer, seed)
    parameters[`${layer.name}/bias`] = new Float32Array(layer.units)
  }
  return parameters
}

function initialKernel({ name, inputs, units, activation }: DenseShape, seed: number): Float32Array {
  const uniform = stream(seed, 'initial', name)
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
