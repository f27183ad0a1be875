import type { ModelFiles } from '../files/artifacts.ts'
import { type Builder, buildGraph } from '../graph/builder.ts'
import { fail } from '../graph/conversion-error.ts'
import type { Dim, Value } from '../graph/value.ts'
import { openScope } from './control-flow/scope.ts'
import { graphContext } from './convert-graph.ts'
import { type GraphInput, type GraphModel, readGraphModel } from './topology/read-graph-model.ts'
import { ONNX_TYPES, tensorOf } from './topology/tensor.ts'

/** A graph-model's operators in an ONNX graph that is not serialised yet. */
export interface ConvertedGraph {
  graph: Builder
  model: GraphModel
  results: Value[]
  /** Default names of the results. */
  names: string[]
}

/**
 * Converts the nodes of a graph-model that its outputs depend on.
 *
 * @param names names of the inputs, if not those of the signature
 * @param batch name of an open first size
 */
export function convertGraphModel(
  files: ModelFiles,
  opset: number,
  batch: string,
  names?: readonly string[],
): ConvertedGraph {
  const model = readGraphModel(files)
  const graph = buildGraph(opset)
  const scope = openScope(model.main)
  for (const [i, input] of model.inputs.entries()) {
    scope.results.set(input.node, [tensorOf(addInput(graph, input, names?.[i] ?? input.key, batch))])
  }
  if (model.outputs.length === 0) fail('modelTopology: expected a graph with outputs, got none')
  const context = graphContext(graph, model)
  const results = model.outputs.map(({ source }) => {
    const tensor = context.evaluate(scope, source)
    if (tensor.dtype === 'string' || tensor.dtype === 'complex64') {
      fail(`output "${source.node}" is ${tensor.dtype}, which ONNX's runtimes do not give`)
    }
    return tensor.value
  })
  return { graph, model, results, names: model.outputs.map(({ key }) => key) }
}

function addInput(graph: Builder, { dtype, shape, node }: GraphInput, name: string, batch: string): Value {
  if (!shape) return fail(`${node} (Placeholder): inputs of unknown rank are not supported`)
  const dims = shape.map((size, axis): Dim => (size >= 0 ? size : axis === 0 ? batch : `${name}_${axis}`))
  return graph.input(name, ONNX_TYPES[dtype as 'float32'], dims)
}
