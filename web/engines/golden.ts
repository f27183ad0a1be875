import { oneHot } from '../../models/one-hot.ts'
import { createRunner } from '../../models/onnx/plain-runtime.ts'
import { createRng, normals } from '../../models/random.ts'
import { joinRows } from '../../models/rows.ts'
import type { Network } from '../catalog/catalog.ts'
import type { Outputs } from './engine.ts'

/** Largest difference from the reference that an engine may show: half of one grey level of 255. */
const TOLERANCE = 0.002

/** An input and the outputs that an engine must give for it. */
export interface Golden {
  input: Float32Array
  batch: number
  outputs: Outputs
  /** Largest difference to accept, as `largestDifference` measures it. */
  tolerance: number
}

/** The golden vector of the network's card; for a card without one, the plain engine's outputs for two fixed inputs. */
export function goldenOf(network: Network): Golden {
  const { golden, part } = network
  if (!golden) return referenceGolden(network)
  const { tolerance, y = [] } = golden
  const vector = (values: readonly number[]) => Float32Array.from(values)
  if (part === 'decoder') {
    return { input: vector([...golden.z, ...y]), batch: 1, outputs: { xhat: vector(golden.xhat) }, tolerance }
  }
  const [{ name }] = network.mlp.outputs
  return {
    input: vector([...golden.xhat, ...y]),
    batch: 1,
    outputs: { [name]: vector(golden.mu) },
    tolerance,
  }
}

/**
 * Two inputs, normal latents for a decoder or intensities for an encoder (of class 0 if conditional), with the plain
 * engine's outputs.
 */
function referenceGolden(network: Network): Golden {
  const batch = 2
  const [{ features }, shares] = network.mlp.inputs
  const values = normals(createRng(1, 'golden'), new Float32Array(batch * features))
  if (network.part === 'encoder')
    for (let i = 0; i < values.length; i++) values[i] = Math.min(Math.abs(values[i]), 1)
  const input = shares ? joinRows([values, oneHot([0, 0], shares.features)], batch) : values
  return { input, batch, outputs: createRunner(network.mlp)(input, batch), tolerance: TOLERANCE }
}

/**
 * The largest absolute difference over all outputs, relative to 1 or to an output's own largest value if that is more.
 */
export function largestDifference(theirs: Outputs, ours: Outputs): number {
  let worst = 0
  for (const [name, expected] of Object.entries(ours)) {
    const got = theirs[name]
    if (got?.length !== expected.length) return Number.POSITIVE_INFINITY
    const scale = expected.reduce((most, value) => Math.max(most, Math.abs(value)), 1)
    for (let i = 0; i < expected.length; i++) {
      const difference = Math.abs(got[i] - expected[i]) / scale
      if (!(difference <= worst)) worst = Number.isNaN(difference) ? Number.POSITIVE_INFINITY : difference
    }
  }
  return worst
}
