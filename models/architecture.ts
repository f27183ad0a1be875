import type { Architecture } from './card.ts'

/** One dense layer: y = x·W + b with W of shape [inputs, units], b of shape [units]. */
export interface DenseShape {
  /** Name of the layer in every file of a model: encoder_1, mu, logvar, decoder_1 … */
  name: string
  inputs: number
  units: number
  activation: 'relu' | 'linear' | 'sigmoid'
}

/**
 * Features at each level by the paper's rule, D_0 = D_x down to D_n = D_z: D_i = D_x − ⌊(D_x − D_z)·i / n⌋.
 *
 * Eq. 1 of the paper prints a ceiling for the bracket; only the floor gives the parameter counts of its own tables.
 *
 * @returns n_layers + 1 integers
 * @throws RangeError when an argument is not a positive integer or latentDim exceeds inputDim
 */
export function paperWidths(inputDim: number, latentDim: number, layers: number): number[] {
  for (const [name, value] of Object.entries({ inputDim, latentDim, layers })) {
    if (!Number.isInteger(value) || value < 1) {
      throw new RangeError(`${name}: expected a positive integer, got ${value}`)
    }
  }
  if (latentDim > inputDim) {
    throw new RangeError(`latentDim: expected at most inputDim (${inputDim}), got ${latentDim}`)
  }
  return Array.from(
    { length: layers + 1 },
    (_, i) => inputDim - Math.floor(((inputDim - latentDim) * i) / layers),
  )
}

/** Features at each level from D_x down to D_z: the architecture's own hidden widths, or else the paper's. */
export function layerWidths({ inputDim, latentDim, layers, widths }: Architecture): number[] {
  return widths ? [inputDim, ...widths, latentDim] : paperWidths(inputDim, latentDim, layers)
}

/**
 * The encoder's dense layers in order: the trunk, then for a VAE the heads `mu` and `logvar`, for an AE `z`. The first
 * layer of a conditional model reads (x, y).
 */
export function encoderLayers(architecture: Architecture): DenseShape[] {
  const levels = layerWidths(architecture)
  const inputs = levels.with(0, levels[0] + (architecture.classes ?? 0))
  const n = architecture.layers
  const trunk = Array.from(
    { length: n - 1 },
    (_, i): DenseShape => ({
      name: `encoder_${i + 1}`,
      inputs: inputs[i],
      units: levels[i + 1],
      activation: 'relu',
    }),
  )
  const heads = architecture.kind === 'vae' ? ['mu', 'logvar'] : ['z']
  return [
    ...trunk,
    ...heads.map(
      (name): DenseShape => ({ name, inputs: inputs[n - 1], units: levels[n], activation: 'linear' }),
    ),
  ]
}

/** The decoder's dense layers in order, the encoder's widths reversed. The first of a conditional model reads (z, y). */
export function decoderLayers(architecture: Architecture): DenseShape[] {
  const levels = layerWidths(architecture).reverse()
  const last = architecture.output === 'identity' ? 'linear' : architecture.output
  return Array.from({ length: architecture.layers }, (_, i) => ({
    name: `decoder_${i + 1}`,
    inputs: levels[i] + (i === 0 ? (architecture.classes ?? 0) : 0),
    units: levels[i + 1],
    activation: i === architecture.layers - 1 ? last : 'relu',
  }))
}

/** The number of trained weights and biases of encoder and decoder together: the last column of the paper's tables. */
export function parameterCount(architecture: Architecture): number {
  return [...encoderLayers(architecture), ...decoderLayers(architecture)].reduce(
    (sum, { inputs, units }) => sum + inputs * units + units,
    0,
  )
}
