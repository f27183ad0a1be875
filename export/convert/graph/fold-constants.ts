import { sizeOf } from './arrays.ts'
import type { Constant, NamedNode, Value } from './value.ts'

/** Linear operators and the axis of their weights that is the output channel. */
const CHANNEL_AXIS: Record<string, number> = { Conv: 0, ConvTranspose: 1, Gemm: 1 }

interface Linear {
  node: NamedNode
  weight: Value & { constant: Constant }
  bias: ArrayLike<number>
}

/**
 * Folds a shift or factor for each channel (Sub, Mul, Add with a constant) that directly follows a linear operator into
 * that operator's weights, unless another node reads the value between the two. Computed in float64.
 *
 * @param nodes in topological order, without unused ones
 * @param constants by name; folded weights replace the old ones
 * @param outputs names of the graph's outputs
 * @returns the nodes that remain
 */
export function foldConstants(
  nodes: readonly NamedNode[],
  constants: Map<string, Value>,
  outputs: readonly string[],
): NamedNode[] {
  const readers = countReaders(nodes, outputs)
  const kept: NamedNode[] = []
  const makers = new Map<string, number>()
  for (const node of nodes) {
    const at = makers.get(node.inputs[0])
    const linear = at === undefined ? undefined : linearOf(kept[at], constants)
    const channels = linear && perChannel(node, linear, constants)
    if (linear && channels && readers.get(node.inputs[0]) === 1) {
      kept[at!] = absorb(linear, node, channels, constants, readers)
      makers.set(node.outputs[0], at!)
      continue
    }
    for (const output of node.outputs) makers.set(output, kept.length)
    kept.push(node)
  }
  return kept
}

function countReaders(nodes: readonly NamedNode[], outputs: readonly string[]): Map<string, number> {
  const readers = new Map<string, number>()
  for (const name of [...nodes.flatMap(node => [...node.inputs, ...node.captured]), ...outputs]) {
    readers.set(name, (readers.get(name) ?? 0) + 1)
  }
  return readers
}

function linearOf(node: NamedNode, constants: ReadonlyMap<string, Value>): Linear | undefined {
  if (!(node.op in CHANNEL_AXIS)) return undefined
  const weight = constants.get(node.inputs[1])
  const bias = node.inputs[2] === undefined ? undefined : constants.get(node.inputs[2])
  if (!weight?.constant || (node.inputs[2] !== undefined && !bias)) return undefined
  const channels = weight.dims[CHANNEL_AXIS[node.op]] as number
  return {
    node,
    weight: { ...weight, constant: weight.constant },
    bias: bias?.constant?.values ?? new Float64Array(channels),
  }
}

/** The number that a node applies to each channel of the output of `linear`; undefined for any other node. */
function perChannel(
  node: NamedNode,
  { node: { op }, bias }: Linear,
  constants: ReadonlyMap<string, Value>,
): ArrayLike<number> | undefined {
  if (!['Sub', 'Mul', 'Add'].includes(node.op)) return undefined
  const constant = constants.get(node.inputs[1])
  if (!constant?.constant) return undefined
  const dims = constant.dims as number[]
  const rank = node.results[0].dims.length
  const fits = op === 'Gemm' ? dims.length === 1 : dims.length === rank - 1 && sizeOf(dims) === dims[0]
  return fits && dims[0] === bias.length ? constant.constant.values : undefined
}

function absorb(
  linear: Linear,
  node: NamedNode,
  channels: ArrayLike<number>,
  constants: Map<string, Value>,
  readers: Map<string, number>,
): NamedNode {
  const { weight, bias } = linear
  const [input, weightName, biasName] = linear.node.inputs
  const sign = node.op === 'Sub' ? -1 : 1
  const newBias = Float64Array.from(bias, (b, i) =>
    node.op === 'Mul' ? b * channels[i] : b + sign * channels[i],
  )
  const fallback = (kind: string) => {
    const siblingName = `${weightName.slice(0, weightName.lastIndexOf('/') + 1)}folded_${kind}`
    return constants.has(siblingName) ? `${node.outputs[0]}/folded_${kind}` : siblingName
  }
  const names = [input, weightName, biasName]
  if (node.op === 'Mul') {
    names[1] = replace(weightName, weight, scaled(linear, channels), fallback('kernel'), constants, readers)
  }
  const oldBias: Value = {
    name: '',
    type: 'float',
    dims: [bias.length],
    constant: { values: bias, weight: true },
  }
  names[2] = replace(
    biasName,
    constants.get(biasName ?? '') ?? oldBias,
    newBias,
    fallback('bias'),
    constants,
    readers,
  )
  return { ...linear.node, inputs: names, outputs: node.outputs, results: node.results }
}

function scaled({ node, weight }: Linear, factors: ArrayLike<number>): Float64Array {
  const dims = weight.dims as number[]
  const axis = CHANNEL_AXIS[node.op]
  const inner = sizeOf(dims.slice(axis + 1))
  const out = new Float64Array(weight.constant.values)
  for (let block = 0; block * inner < out.length; block++) {
    const factor = factors[block % dims[axis]]
    for (let i = block * inner; i < (block + 1) * inner; i++) out[i] *= factor
  }
  return out
}

/** Stores new numbers under the constant's name if no other node reads it, otherwise under a new name. */
function replace(
  name: string | undefined,
  old: Value,
  values: Float64Array,
  otherwise: string,
  constants: Map<string, Value>,
  readers: Map<string, number>,
): string {
  const alone = name !== undefined && readers.get(name) === 1
  const stored = alone ? name : otherwise
  if (!alone) readers.set(stored, 1)
  constants.set(stored, { ...old, name: stored, constant: { ...old.constant!, values } })
  return stored
}
