import { cast, reshape, scalar, slice, squeeze, unsqueeze } from '../../../graph/operators.ts'
import type { Value } from '../../../graph/value.ts'
import { asInt64, type Tensor, tensorOf } from '../../topology/tensor.ts'
import type { Operation, OperatorDefinition, Operators } from '../operation.ts'

/**
 * The next smaller float32: ONNX drops boxes that overlap by more than the threshold, TF.js also those that overlap by
 * exactly as much.
 */
function justBelow(value: number): number {
  const bits = new Int32Array(Float32Array.of(value).buffer)
  if (value === 0) return -1e-45
  bits[0] += value > 0 ? -1 : 1
  return new Float32Array(bits.buffer)[0]
}

function overlapThreshold(operation: Operation, threshold: Tensor): Value {
  const [known] = threshold.elements ?? []
  if (typeof known === 'number' && known > 0) return operation.graph.floats([1], [justBelow(known)])
  return reshape(operation.graph, threshold.value, [1])
}

/** Adds NonMaxSuppression: indices of the kept boxes, int32 [n], best score first. */
function selectedIndices(operation: Operation): Value {
  const { graph } = operation
  const [boxes, scores, most, overlap] = [0, 1, 2, 3].map(place => operation.input(place))
  const least = operation.inputs[4]
  const inputs = [
    unsqueeze(graph, boxes.value, 0),
    graph.op('Unsqueeze', [scores.value, graph.ints([0, 1])]),
    reshape(graph, asInt64(graph, most), [1]),
    overlapThreshold(operation, overlap),
    ...(least ? [reshape(graph, least.value, [1])] : []),
  ]
  const rows = graph.op('NonMaxSuppression', inputs, {}, { type: 'int64', dims: [operation.dim(0), 3] })
  return cast(graph, squeeze(graph, slice(graph, rows, 1, 2, 3), 1), 'int32')
}

const plain: OperatorDefinition = { convert: operation => tensorOf(selectedIndices(operation)) }

/** Indices padded with zeros to the largest possible number, and how many are valid. */
const padded: OperatorDefinition = {
  convert: operation => {
    const { graph, attributes } = operation
    const chosen = selectedIndices(operation)
    const count = graph.op('Shape', [chosen])
    const valid = tensorOf(cast(graph, squeeze(graph, count, 0), 'int32'))
    if (!attributes.bool('pad_to_max_output_size', false)) return [tensorOf(chosen), valid]
    // TF.js pads to the number of boxes if there are fewer than requested.
    const wanted = reshape(graph, asInt64(graph, operation.input(2)), [1])
    const boxes = slice(graph, graph.op('Shape', [operation.input(1).value]), 0, 0, 1)
    const most = graph.op('Min', [wanted, boxes])
    const missing = graph.op('Sub', [most, count])
    const pads = graph.op('Concat', [graph.ints([0]), missing], { axis: { int: 0 } })
    const zero = cast(graph, scalar(graph, 0), 'int32')
    const full = graph.op(
      'Pad',
      [chosen, pads, zero],
      { mode: { string: 'constant' } },
      { type: 'int32', dims: [operation.dim(1)] },
    )
    return [tensorOf(full), valid]
  },
}

/** Indices and their scores, which are those of the boxes unless the soft variant lowers them. */
const withScores: OperatorDefinition = {
  convert: operation => {
    const { graph } = operation
    const [sigma] = operation.numbers(5, 'soft_nms_sigma')
    if (sigma !== 0)
      return operation.fail(`soft_nms_sigma: expected 0, got ${sigma}: ONNX has no softened scores`)
    const chosen = selectedIndices(operation)
    const scores = graph.op('Gather', [operation.input(1).value, chosen], { axis: { int: 0 } })
    const valid = cast(graph, squeeze(graph, graph.op('Shape', [chosen]), 0), 'int32')
    return [tensorOf(chosen), tensorOf(scores), tensorOf(valid)]
  },
  note: 'soft_nms_sigma must be 0',
}

/** Non-maximum suppression in its four versions, by operator name. */
export const detectionOperators: Operators = {
  NonMaxSuppressionV2: plain,
  NonMaxSuppressionV3: plain,
  NonMaxSuppressionV4: padded,
  NonMaxSuppressionV5: withScores,
}
