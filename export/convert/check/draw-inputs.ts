import { createRng, normals } from '../../../models/random.ts'
import { sizeOf } from '../graph/arrays.ts'
import type { Network } from '../layers-model/topology/topology.ts'
import type { Converted } from '../to-onnx/convert-options.ts'
import type { Numbers } from './numbers.ts'

const BATCH = 3
/** The first size tried for an open axis. */
export const OPEN_SIZE = 16

/** Sizes of open axes by the names that the converted model's inputs give them. */
export type Sizes = Readonly<Record<string, number>>

/**
 * For an input that holds whole numbers, their exclusive limit; `floats` if its type is float32. Undefined for others.
 */
export type IntegerInput = (input: number) => { below: number; floats?: boolean } | undefined

/**
 * Draws inputs to try a converted model with: standard normals, and whole numbers for inputs that index a table. Equal
 * calls give equal numbers.
 *
 * @param sizes of open axes; 3 for the batch and 16 for others by default
 */
export function drawInputs(converted: Converted, integers: IntegerInput, sizes: Sizes = {}): Numbers[] {
  return converted.inputs.map(({ name, type, dims }, i) => {
    const shape = dims.map((dim, axis) =>
      typeof dim === 'number' ? dim : (sizes[dim] ?? (axis === 0 ? BATCH : OPEN_SIZE)),
    )
    const uniform = createRng(i, 'check', name)
    const range = integers(i)
    const whole = () => Math.floor(uniform() * (range?.below ?? 1000))
    const length = sizeOf(shape)
    if (type === 'bool') return { dims: shape, data: Uint8Array.from({ length }, () => whole() % 2) }
    if (type === 'int32') return { dims: shape, data: Int32Array.from({ length }, whole) }
    const data = new Float32Array(length)
    return { dims: shape, data: range?.floats ? data.map(whole) : normals(uniform, data) }
  })
}

/**
 * The inputs of a layers-model that index an embedding, with an index limit that every embedding of the model allows.
 */
export function tableInputs(network: Network): IntegerInput {
  const below = smallestTable(network)
  return input => (isLookedUp(network, input) ? { below, floats: true } : undefined)
}

/** Rows of the smallest embedding anywhere in the model. */
function smallestTable(network: Network): number {
  return Math.min(
    ...Array.from(network.members.values(), ({ spec, network: inner }) => {
      if (inner) return smallestTable(inner)
      return spec.className === 'Embedding' ? Number(spec.config.inputDim) : 1000
    }),
  )
}

function isLookedUp(network: Network, input: number): boolean {
  const layer = network.inputs[input]?.layer ?? ''
  if (network.members.get(layer)?.spec.config.dtype === 'int32') return true
  return [...network.members.values()].some(({ spec, calls }) => {
    return spec.className === 'Embedding' && calls.some(call => call.some(from => from.layer === layer))
  })
}
