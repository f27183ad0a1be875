import { cast, reshape, scalar, transpose } from '../../../graph/operators.ts'
import type { Dim } from '../../../graph/value.ts'
import { takeElements } from '../../topology/elements.ts'
import { asInt64, isStatic, knownNumbers, type Tensor, tensorOf, weightValue } from '../../topology/tensor.ts'
import {
  axisOf,
  castTensor,
  type Operation,
  type OperatorDefinition,
  type Operators,
  promoted,
} from '../operation.ts'
import { dimsFrom } from './fill.ts'

/** Gathers slices of an axis by their indices. */
const gather: OperatorDefinition = {
  convert: operation => {
    const { graph, attributes } = operation
    const [x, indices] = [operation.input(0), operation.input(1)]
    const [given] = operation.inputs.length > 2 ? operation.numbers(2, 'axis') : [0]
    const axis = axisOf(operation, given, x.dims.length)
    const batch = attributes.number('batch_dims', 0)
    const table = x.weight && x.weight.values.length > 1024 ? weightValue(graph, x, { axis: 0 }) : x.value
    if (batch === 0) return tensorOf(graph.op('Gather', [table, indices.value], { axis: { int: axis } }))
    if (axis !== batch) return operation.fail(`batch_dims of ${batch} with axis ${axis} are not supported`)
    const rows = graph.op('Unsqueeze', [asInt64(graph, indices), graph.ints([indices.dims.length])])
    const dims = [...indices.dims, ...x.dims.slice(axis + 1)]
    return tensorOf(
      graph.op('GatherND', [x.value, rows], { batch_dims: { int: batch } }, { type: x.value.type, dims }),
    )
  },
  fold: operation => {
    const [x, indices] = [operation.input(0), operation.input(1)]
    const axis = operation.inputs.length > 2 ? operation.input(2).elements?.[0] : 0
    const at = indices.elements && knownNumbers(indices)
    if (!x.elements || !isStatic(x.dims) || !at || typeof axis !== 'number') return undefined
    if (operation.attributes.number('batch_dims', 0) !== 0) return undefined
    const counted = axisOf(operation, axis, x.dims.length)
    const size = x.dims[counted]
    if (at.some(i => i < -size || i >= size)) return operation.fail(`an index beyond an axis of ${size}`)
    const wrapped = at.map(i => (i < 0 ? i + size : i))
    const { elements } = takeElements({ dims: x.dims, elements: x.elements }, counted, wrapped)
    const dims = [...x.dims.slice(0, counted), ...(indices.dims as number[]), ...x.dims.slice(counted + 1)]
    return { dtype: x.dtype, dims, elements }
  },
}

const gatherNd: OperatorDefinition = {
  convert: operation => {
    const { graph } = operation
    const [x, indices] = [operation.input(0), operation.input(1)]
    const depth = indices.dims.at(-1)
    if (typeof depth !== 'number') return operation.fail('the length of its indices is not known')
    if (depth > x.dims.length) return operation.fail(`indices of ${depth} axes into [${x.dims.join(', ')}]`)
    const dims = [...indices.dims.slice(0, -1), ...x.dims.slice(depth)]
    return tensorOf(
      graph.op('GatherND', [x.value, asInt64(graph, indices)], {}, { type: x.value.type, dims }),
    )
  },
}

/** Puts rows into a tensor of zeros; rows at the same index are added. */
const scatterNd: OperatorDefinition = {
  convert: operation => {
    const { graph } = operation
    if (graph.opset < 16)
      return operation.fail('needs operator set 16 or more: before, ONNX cannot add up rows')
    const [indices, updates, shape] = [operation.input(0), operation.input(1), operation.input(2)]
    const dims = dimsFrom(operation, shape)
    const zero = updates.dtype === 'float32' ? scalar(graph, 0) : cast(graph, scalar(graph, 0), 'int32')
    const zeros = graph.op('Expand', [zero, asInt64(graph, shape)], {}, { type: updates.value.type, dims })
    const inputs = [zeros, asInt64(graph, indices), updates.value]
    return tensorOf(
      graph.op('ScatterND', inputs, { reduction: { string: 'add' } }, { type: zeros.type, dims }),
    )
  },
}

const tensorScatterUpdate: OperatorDefinition = {
  convert: ({ graph, input }) => {
    const [x, indices, updates] = [input(0), input(1), input(2)]
    const made = { type: x.value.type, dims: x.dims }
    return tensorOf(graph.op('ScatterND', [x.value, asInt64(graph, indices), updates.value], {}, made))
  },
}

/** Puts values into a tensor that has a default elsewhere; the indices are scalars, a vector, or rows. */
const sparseToDense: OperatorDefinition = {
  convert: operation => {
    const { graph } = operation
    const [indices, shape, values, otherwise] = [0, 1, 2, 3].map(place => operation.input(place))
    const dims = dimsFrom(operation, shape)
    const rank = indices.dims.length
    if (rank > 2) return operation.fail(`expected indices of rank 0 to 2, got [${indices.dims.join(', ')}]`)
    const rows = rank === 2 ? asInt64(graph, indices) : reshape(graph, asInt64(graph, indices), [-1, 1])
    const count = rank === 0 ? 1 : indices.dims[0]
    const [updates, fill] = promoted(graph, [values, otherwise])
    const spread = graph.op(
      'Expand',
      [
        updates.value,
        rank === 0 || typeof count === 'string' ? countOf(operation, rows) : graph.ints([count]),
      ],
      {},
      { type: updates.value.type, dims: [count] },
    )
    const base = graph.op('Expand', [fill.value, asInt64(graph, shape)], {}, { type: fill.value.type, dims })
    return tensorOf(graph.op('ScatterND', [base, rows, spread], {}, { type: base.type, dims }))
  },
}

function countOf({ graph }: Operation, rows: Tensor['value']) {
  return graph.op('Slice', [
    graph.op('Shape', [rows]),
    graph.ints([0]),
    graph.ints([1]),
    graph.ints([0]),
    graph.ints([1]),
  ])
}

/** The indices at which a condition holds, int32 [n, rank]. */
const where: OperatorDefinition = {
  convert: operation => {
    const { graph } = operation
    const x = operation.input(0)
    const rank = x.dims.length
    const found = graph.op('NonZero', [x.value], {}, { type: 'int64', dims: [rank, operation.dim(0)] })
    return tensorOf(cast(graph, transpose(graph, found, [1, 0]), 'int32'))
  },
}

/** The k largest elements of the last axis and their indices; of equal elements the first. */
const topK: OperatorDefinition = {
  convert: operation => {
    const { graph } = operation
    const [x, k] = [operation.input(0), operation.input(1)]
    const [count] = k.elements ?? []
    const dims: Dim[] = x.dims.with(-1, count ?? operation.dim(0))
    const size = x.dims.at(-1)
    if (typeof count === 'number' && typeof size === 'number' && count > size) {
      return operation.fail(`expected at most the ${size} elements of the last axis, got ${count}`)
    }
    const sizes = asInt64(graph, k)
    const vector = k.dims.length === 0 ? reshape(graph, sizes, [1]) : sizes
    const made = [
      { type: x.value.type, dims },
      { type: 'int64', dims },
    ] as const
    const [values, indices] = graph.ops('TopK', [x.value, vector], 2, { axis: { int: -1 } }, made)
    return [tensorOf(values), tensorOf(cast(graph, indices, 'int32'))]
  },
}

const oneHot: OperatorDefinition = {
  convert: operation => {
    const { graph, attributes } = operation
    const indices = operation.input(0)
    const [depth] = operation.numbers(1, 'depth')
    const [on, off] = promoted(graph, [operation.input(2), operation.input(3)])
    const rank = indices.dims.length + 1
    const axis = axisOf(operation, attributes.number('axis', -1), rank)
    const classes = Array.from({ length: rank }, (_, i) => (i === axis ? depth : 1))
    const numbers = graph.constant(
      `int32[${classes}](0..${depth})`,
      'int32',
      classes,
      Array.from({ length: depth }, (_, i) => i),
    )
    const own = graph.op('Unsqueeze', [castTensor(graph, indices, 'int32'), graph.ints([axis])])
    const same = graph.op('Equal', [own, numbers])
    return tensorOf(graph.op('Where', [same, on.value, off.value]))
  },
}

/** Operators that read or write elements by index (gather, scatter, one-hot, top k …), by name. */
export const gatherOperators: Operators = {
  Gather: gather,
  GatherV2: gather,
  GatherNd: gatherNd,
  ScatterNd: scatterNd,
  TensorScatterUpdate: tensorScatterUpdate,
  SparseToDense: sparseToDense,
  Where: where,
  TopKV2: topK,
  OneHot: oneHot,
}
