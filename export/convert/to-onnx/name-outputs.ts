import type { Builder } from '../graph/builder.ts'
import { fail } from '../graph/conversion-error.ts'
import type { Value } from '../graph/value.ts'

/**
 * Gives results their names in the graph.
 *
 * A result that is also an input or another output is copied first, so that each output has its own name.
 *
 * @param requested names that must be used; refused where one is taken
 * @param defaults names to use otherwise, with the suffix `_output` where one is taken
 */
export function nameOutputs(
  graph: Builder,
  results: readonly Value[],
  requested: readonly string[] | undefined,
  defaults: readonly string[],
): Value[] {
  const made = new Set(graph.nodes.flatMap(node => node.outputs))
  const captured = new Set(graph.nodes.flatMap(node => node.captured))
  const separate = results.map((value, i) => {
    const first = results.findIndex(result => result.name === value.name) === i
    return first && made.has(value.name) && !captured.has(value.name) ? value : graph.op('Identity', [value])
  })
  const taken = new Set([...graph.inputs.map(input => input.name), ...graph.constants.keys(), ...made])
  return separate.map((value, i) => {
    let name = requested?.[i] ?? defaults[i]
    if (requested && taken.has(name))
      fail(`outputs: the name "${name}" is taken by another value of the graph`)
    while (taken.has(name)) name = `${name}_output`
    taken.add(name)
    return rename(graph, value, name)
  })
}

function rename(graph: Builder, value: Value, name: string): Value {
  const swap = (list: readonly string[]) => list.map(item => (item === value.name ? name : item))
  graph.nodes.forEach((node, i) => {
    const results = node.results.map(result => (result.name === value.name ? { ...result, name } : result))
    graph.nodes[i] = { ...node, inputs: swap(node.inputs), outputs: swap(node.outputs), results }
  })
  return { ...value, name }
}
