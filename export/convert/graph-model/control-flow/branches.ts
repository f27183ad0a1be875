import type { Builder } from '../../graph/builder.ts'
import type { Dim, Value } from '../../graph/value.ts'
import { type Tensor, tensorOf } from '../topology/tensor.ts'

/** Throws a ConversionError with the node's name before the reason. */
export type Fail = (reason: string) => never

/**
 * Makes values valid outputs of a subgraph: each is made inside it and occurs only once.
 *
 * @param values the tensors to return
 */
export function subgraphOutputs(graph: Builder, values: readonly Value[]): Value[] {
  const made = new Set(graph.nodes.flatMap(node => node.outputs))
  const given = new Set<string>()
  return values.map(value => {
    const direct = made.has(value.name) && !given.has(value.name)
    given.add(value.name)
    return direct ? value : graph.op('Identity', [value], {}, { type: value.type, dims: value.dims })
  })
}

/** The sizes of a result that comes from one of two branches; a new name for sizes that differ. */
export function commonDims(
  graph: Builder,
  a: readonly Dim[],
  b: readonly Dim[],
  name: string,
  fail: Fail,
): Dim[] {
  if (a.length !== b.length)
    return fail(`both branches must give results of one rank, got ${a.length} and ${b.length}`)
  return a.map((dim, axis) => (dim === b[axis] ? dim : graph.dim(`${name}_${axis}`)))
}

/** Adds ONNX's If: one of two computations runs. If the condition is known at conversion, only that branch is added. */
export function convertIf(
  graph: Builder,
  name: string,
  condition: Tensor,
  branches: { whenTrue: () => readonly Tensor[]; whenFalse: () => readonly Tensor[] },
  fail: Fail,
): Tensor[] {
  const [known] = condition.elements ?? []
  if (typeof known === 'number') return [...(known ? branches.whenTrue() : branches.whenFalse())]
  let results: readonly Tensor[] = []
  const build = (body: () => readonly Tensor[], label: string) => {
    let tensors: readonly Tensor[] = []
    const subgraph = graph.subgraph(`${name}_${label}`, [], () => {
      tensors = body()
      return subgraphOutputs(
        graph,
        tensors.map(({ value }) => value),
      )
    })
    return { subgraph, tensors }
  }
  const [yes, no] = [build(branches.whenTrue, 'then'), build(branches.whenFalse, 'else')]
  results = yes.tensors
  if (results.length !== no.tensors.length) return fail('its branches give different numbers of results')
  const made = results.map((tensor, i) => {
    const other = no.tensors[i]
    if (tensor.dtype !== other.dtype) return fail(`its branches give ${tensor.dtype} and ${other.dtype}`)
    return { type: tensor.value.type, dims: commonDims(graph, tensor.dims, other.dims, name, fail) }
  })
  const attributes = { then_branch: { graph: yes.subgraph.graph }, else_branch: { graph: no.subgraph.graph } }
  const flag = graph.op('Reshape', [condition.value, graph.ints([], [0])], {}, { type: 'bool', dims: [] })
  return graph
    .ops('If', [flag], made.length, attributes, made, [yes.subgraph, no.subgraph])
    .map((value, i) => ({ ...tensorOf(value), ...(results[i].list && { list: results[i].list }) }))
}
