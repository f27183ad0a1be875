import type { Builder } from '../../graph/builder.ts'
import { cast } from '../../graph/operators.ts'
import type { Dim, Value } from '../../graph/value.ts'
import { ONNX_TYPES, type Tensor, tensorOf } from '../topology/tensor.ts'
import { commonDims, type Fail, subgraphOutputs } from './branches.ts'
import { isPending, materializeList } from './lists.ts'

/** A loop: `body` gives the next values of the variables as long as `condition` holds. */
export interface LoopDefinition {
  name: string
  initial: readonly Tensor[]
  condition(variables: readonly Tensor[]): Tensor
  body(variables: readonly Tensor[]): readonly Tensor[]
  fail: Fail
}

/** Number of rounds after which every varying axis has a name. */
const MOST_ROUNDS = 8

interface Pass {
  /** Sizes of each variable, the same in every iteration. */
  dims: (readonly Dim[])[]
  /** Loop invariants, which are read from the graph outside. */
  fixed: boolean[]
}

/**
 * Converts a loop into ONNX's Loop. Its variables must have the same sizes in each iteration, so the body is rebuilt
 * with open sizes until the sizes after it match those before it.
 */
export function convertLoop(graph: Builder, loop: LoopDefinition): Tensor[] {
  const { initial, name, fail } = loop
  let start = [...initial]
  let pass: Pass = { dims: start.map(({ dims }) => dims), fixed: start.map(() => false) }
  for (let round = 0; round < MOST_ROUNDS; round++) {
    const built = buildBody(graph, loop, start, pass)
    start = start.map((tensor, i) =>
      isPending(tensor) ? materializeList(graph, tensor, built.results[i].dims.slice(1)) : tensor,
    )
    const next: Pass = {
      dims: built.results.map(({ dims }, i) =>
        commonDims(graph, start[i].dims, commonSoFar(pass.dims[i], start[i].dims), name, fail).map(
          (dim, axis) =>
            dim === dims[axis] ? dim : widened(graph, pass.dims[i][axis], dims[axis], name, axis),
        ),
      ),
      fixed: built.results.map((tensor, i) => tensor === built.variables[i]),
    }
    if (samePass(pass, next)) return emitLoop(graph, loop, start, pass, built)
    pass = next
  }
  return fail('the sizes of its variables do not settle')
}

/** The sizes assumed so far, if they include those at the start. */
function commonSoFar(assumed: readonly Dim[], start: readonly Dim[]): readonly Dim[] {
  return assumed.length === start.length ? assumed : start
}

/** Replaces each size that differs before and after the body by a name. */
function widened(
  graph: Builder,
  before: Dim | undefined,
  after: Dim | undefined,
  name: string,
  axis: number,
): Dim {
  if (before !== undefined && before === after) return before
  return typeof before === 'string' && before.startsWith(`${name}_`) ? before : graph.dim(`${name}_${axis}`)
}

function samePass(a: Pass, b: Pass): boolean {
  return a.fixed.join() === b.fixed.join() && a.dims.every((dims, i) => dims.join() === b.dims[i].join())
}

interface Built {
  parameters: Value[]
  variables: readonly Tensor[]
  results: readonly Tensor[]
  subgraph: ReturnType<Builder['subgraph']>
}

function buildBody(graph: Builder, loop: LoopDefinition, start: readonly Tensor[], pass: Pass): Built {
  const { name } = loop
  const parameters = start.map((tensor, i) => {
    if (isPending(tensor) || pass.fixed[i]) return undefined
    const type = ONNX_TYPES[tensor.dtype as 'float32'] ?? loop.fail(`a variable is ${tensor.dtype}`)
    return graph.parameter(`${name}/variable_${i}`, type, pass.dims[i])
  })
  const variables = start.map((tensor, i) => {
    const value = parameters[i]
    return value ? { ...tensorOf(value), ...(tensor.list && { list: tensor.list }) } : tensor
  })
  const [iteration, flag] = [
    graph.parameter(`${name}/iteration`, 'int64', []),
    graph.parameter(`${name}/flag`, 'bool', []),
  ]
  const inputs = [iteration, flag, ...parameters.filter(value => value !== undefined)]
  let results: readonly Tensor[] = []
  const subgraph = graph.subgraph(name, inputs, () => {
    results = loop.body(variables)
    const again = scalarFlag(graph, loop.condition(results))
    const carried = results.filter((result, i) => parameters[i] !== undefined && !isPending(result))
    return subgraphOutputs(graph, [again, ...carried.map(({ value }) => value)])
  })
  return { parameters: parameters as Value[], variables, results, subgraph }
}

const scalarFlag = (graph: Builder, condition: Tensor): Value => {
  const flag = cast(graph, condition.value, 'bool')
  return condition.dims.length === 0
    ? flag
    : graph.op('Reshape', [flag, graph.ints([], [0])], {}, { type: 'bool', dims: [] })
}

function emitLoop(
  graph: Builder,
  loop: LoopDefinition,
  start: readonly Tensor[],
  pass: Pass,
  built: Built,
): Tensor[] {
  const carried = start.map((_, i) => i).filter(i => built.parameters[i] !== undefined)
  for (const i of carried) {
    if (built.results[i].dtype !== start[i].dtype)
      loop.fail(`variable ${i} is ${start[i].dtype}, then ${built.results[i].dtype}`)
  }
  const first = scalarFlag(graph, loop.condition(start))
  const inputs = [null, first, ...carried.map(i => start[i].value)]
  const made = carried.map(i => ({ type: start[i].value.type, dims: pass.dims[i] }))
  const attributes = { body: { graph: built.subgraph.graph } }
  const ends =
    made.length > 0 ? graph.ops('Loop', inputs, made.length, attributes, made, [built.subgraph]) : []
  return start.map((tensor, i) => {
    const place = carried.indexOf(i)
    return place < 0 ? tensor : { ...tensorOf(ends[place]), ...(tensor.list && { list: tensor.list }) }
  })
}
