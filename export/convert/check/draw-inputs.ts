import { createRng, normals } from '../../../models/random.ts'
import type { Converted } from '../convert.ts'
import { sizeOf } from '../graph/arrays.ts'
import { refuse } from '../graph/conversion-error.ts'
import type { Network } from '../layers-model/topology.ts'
import type { Numbers } from './parity.ts'

const BATCH = 3
/** What an open size is tried with. */
const OPEN = 16

/**
 * Numbers to try a converted model with: standard normals, and for inputs that are looked up in a table whole numbers
 * which every table of the model has. The same each time.
 */
export function drawInputs(network: Network, converted: Converted): Numbers[] {
  if (converted.inputs.length !== network.inputs.length) {
    const added = converted.inputs.slice(network.inputs.length).map(input => input.name)
    refuse(`cannot be checked against TF.js, whose model does not have the input ${added.join(', ')}`)
  }
  const rows = smallestTable(network)
  return converted.inputs.map(({ name, type, dims }, i) => {
    const sizes = dims.map((dim, axis) => (typeof dim === 'number' ? dim : axis === 0 ? BATCH : OPEN))
    const uniform = createRng(i, 'check', name)
    const whole = () => Math.floor(uniform() * rows)
    if (type === 'bool')
      return { dims: sizes, data: Uint8Array.from({ length: sizeOf(sizes) }, () => whole() % 2) }
    if (type === 'int32') return { dims: sizes, data: Int32Array.from({ length: sizeOf(sizes) }, whole) }
    const data = new Float32Array(sizeOf(sizes))
    return { dims: sizes, data: isLookedUp(network, i) ? data.map(whole) : normals(uniform, data) }
  })
}

/** Rows of the smallest embedding anywhere in the model. */
function smallestTable(network: Network): number {
  return Math.min(
    ...network.members.values().map(({ spec, network: inner }) => {
      if (inner) return smallestTable(inner)
      return spec.className === 'Embedding' ? Number(spec.config.inputDim) : 1000
    }),
  )
}

function isLookedUp(network: Network, i: number): boolean {
  const { layer } = network.inputs[i]
  return network.members.values().some(({ spec, calls }) => {
    return spec.className === 'Embedding' && calls.some(call => call.some(from => from.layer === layer))
  })
}
