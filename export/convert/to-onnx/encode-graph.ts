import {
  encodeModelInParts,
  type Graph,
  type Node,
  type Value as OnnxValue,
  type Tensor,
} from '../../../models/onnx/encode-model.ts'
import { type Builder, liveNodes } from '../graph/builder.ts'
import { fail } from '../graph/conversion-error.ts'
import { foldConstants } from '../graph/fold-constants.ts'
import { type Precision, storeConstant } from '../graph/precision.ts'
import type { Constant, Value } from '../graph/value.ts'

/** Protocol buffers are limited to 2 GiB; a part is reserved for everything but weights. */
const LARGEST_FILE = 2 ** 31 - 2 ** 24

/**
 * Encodes a finished graph: nodes that no output depends on are dropped, factors and shifts behind linear operators
 * folded into their weights, and weights stored in `precision`.
 *
 * @returns the file in pieces
 * @throws ConversionError when the weights do not fit into one file
 */
export function encodeGraph(
  graph: Builder,
  name: string,
  outputs: readonly Value[],
  precision: Precision,
): readonly Uint8Array[] {
  const nodes = foldConstants(
    liveNodes(graph.nodes, outputs),
    graph.constants,
    outputs.map(output => output.name),
  )
  const used = new Set(nodes.flatMap(node => [...node.inputs, ...node.captured]))
  const tensors: Tensor[] = []
  const restored: Node[] = []
  const values: OnnxValue[] = []
  for (const value of graph.constants.values()) {
    if (!used.has(value.name)) continue
    const stored = storeConstant(value as Value & { constant: Constant }, precision)
    tensors.push(...stored.tensors)
    restored.push(...stored.nodes)
    if (stored.nodes.length > 0) values.push(value)
  }
  const size = tensors.reduce((sum, { data }) => sum + data.length, 0)
  if (size > LARGEST_FILE)
    fail(`weights of ${size} bytes do not fit into one ONNX file, which holds ${LARGEST_FILE}`)
  const ends = new Set(outputs.map(output => output.name))
  const encoded: Graph = {
    name,
    nodes: [...restored, ...nodes],
    inputs: graph.inputs,
    outputs,
    initializers: tensors,
    values: [...values, ...nodes.flatMap(node => node.results).filter(value => !ends.has(value.name))],
  }
  return encodeModelInParts(encoded, {
    opset: graph.opset,
    irVersion: graph.opset >= 21 ? 10 : graph.opset >= 19 ? 9 : 8,
  })
}
