import type { NamedNode, Value } from '../graph/value.ts'

const BOUNDED = new Set(['Sigmoid', 'HardSigmoid', 'Softmax', 'Tanh'])
const REARRANGING = new Set([
  'Reshape',
  'Identity',
  'Transpose',
  'Squeeze',
  'Unsqueeze',
  'Slice',
  'Concat',
  'Gather',
  'Split',
])

/** By output, whether it is the result of a function into [−1, 1], rearranged or not. */
export function boundedOutputs(nodes: readonly NamedNode[], outputs: readonly Value[]): boolean[] {
  const makers = new Map(nodes.flatMap(node => node.outputs.map(output => [output, node] as const)))
  return outputs.map(({ name }) => {
    for (let node = makers.get(name); node; node = makers.get(node.inputs[0])) {
      if (BOUNDED.has(node.op)) return true
      if (!REARRANGING.has(node.op)) return false
    }
    return false
  })
}
