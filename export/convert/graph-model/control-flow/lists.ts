import type { Builder } from '../../graph/builder.ts'
import { cast, reshape, scalar, slice, squeeze, unsqueeze } from '../../graph/operators.ts'
import type { Dim, Value } from '../../graph/value.ts'
import type { Operation, OperatorDefinition, Operators } from '../operators/operation.ts'
import { asInt64, constantTensor, isStatic, type Tensor, tensorOf } from '../topology/tensor.ts'
import type { Fail } from './branches.ts'

/**
 * Lists and arrays of tensors are kept as one tensor, stacked along the first axis. A list whose element sizes are not
 * known yet has no value until something is written to it.
 */

const PENDING = Symbol('pending')

/** Whether a list has no value yet. */
export const isPending = (tensor: Tensor): boolean => PENDING in tensor

function pendingList(dtype: Tensor['dtype'], count: Tensor, fail: Fail): Tensor {
  return {
    dtype,
    dims: [],
    list: { count },
    get value(): Value {
      return fail('a list is read before anything is written to it')
    },
    [PENDING]: true,
  } as Tensor
}

/** A list of zeros for elements of these sizes. Open ones are 0 until an element is written: see `grown`. */
export function materializeList(graph: Builder, list: Tensor, elementDims: readonly Dim[]): Tensor {
  const { count } = list.list!
  const known = elementDims.map(dim => (typeof dim === 'number' ? dim : 0))
  const number = count.elements?.[0]
  const zero =
    list.dtype === 'float32'
      ? scalar(graph, 0)
      : cast(graph, scalar(graph, 0), list.dtype === 'bool' ? 'bool' : 'int32')
  const front = reshape(graph, asInt64(graph, count), [1])
  const shape = graph.op('Concat', [front, graph.ints(known)], { axis: { int: 0 } })
  const dims = [
    number ?? graph.dim('list'),
    ...elementDims.map(dim => (typeof dim === 'number' ? dim : graph.dim('element'))),
  ]
  return { ...tensorOf(graph.op('Expand', [zero, shape], {}, { type: zero.type, dims })), list: list.list }
}

/** A list whose open element sizes are at least those of an item that is about to be written. */
function grown(graph: Builder, list: Value, item: Value): Value {
  if (isStatic(list.dims.slice(1))) return list
  const sizes = slice(graph, graph.op('Shape', [list]), 0, 1)
  const more = graph.op('Sub', [graph.op('Shape', [item]), sizes])
  const zeros = graph.ints(Array(list.dims.length + 1).fill(0))
  const pads = graph.op('Concat', [zeros, graph.op('Max', [more, graph.ints([0])])], { axis: { int: 0 } })
  return graph.op('Pad', [list, pads], {}, { type: list.type, dims: list.dims })
}

const asList = (value: Value, count: Tensor): Tensor => ({ ...tensorOf(value), list: { count } })

/** Number of elements of a list, int32. */
function countOf(operation: Operation, list: Tensor): Tensor {
  if (isPending(list)) return list.list!.count
  const { graph } = operation
  const [size] = list.dims
  if (typeof size === 'number') return constantTensor(graph, 'int32', [], [size])
  return tensorOf(
    cast(graph, squeeze(graph, slice(graph, graph.op('Shape', [list.value]), 0, 0, 1), 0), 'int32'),
  )
}

/** The element shape if it is known, from a shape tensor or an attribute. */
function elementShape(sizes: readonly unknown[] | undefined): number[] | undefined {
  if (!sizes?.every(size => typeof size === 'number' && size >= 0)) return undefined
  return sizes as number[]
}

function reserve(operation: Operation, count: Tensor, sizes: readonly unknown[] | undefined): Tensor {
  const { graph, attributes, fail } = operation
  const dtype = attributes.dtype('element_dtype', attributes.dtype('dtype', 'float32'))
  const list = pendingList(dtype, count, fail)
  const known = elementShape(sizes)
  return known ? materializeList(graph, list, known) : list
}

function setItem(operation: Operation, list: Tensor, index: Tensor, item: Tensor): Tensor {
  const { graph } = operation
  const whole = isPending(list) ? materializeList(graph, list, item.dims) : list
  const place = reshape(graph, asInt64(graph, index), [1, 1])
  const made = { type: whole.value.type, dims: whole.dims }
  const room = grown(graph, whole.value, item.value)
  return asList(
    graph.op('ScatterND', [room, place, unsqueeze(graph, item.value, 0)], {}, made),
    whole.list!.count,
  )
}

function getItem({ graph }: Operation, list: Tensor, index: Tensor): Tensor {
  const scalarIndex = index.dims.length === 0 ? index.value : reshape(graph, index.value, [])
  return tensorOf(graph.op('Gather', [list.value, scalarIndex], { axis: { int: 0 } }))
}

/** Puts rows of `values` at indices of a new list; if the indices count from 0, the values are the list. */
function scatter(operation: Operation, list: Tensor, indices: Tensor, values: Tensor): Tensor {
  const { graph, fail } = operation
  const ordered = indices.counts || indices.elements?.every((element, i) => element === i)
  const known = list.list!.count.elements?.[0]
  if (ordered && (isPending(list) || known === values.dims[0])) return { ...values, list: list.list }
  if (!isStatic(values.dims.slice(1))) return fail('the sizes of the elements of a list are not known')
  const whole = isPending(list) ? materializeList(graph, list, values.dims.slice(1)) : list
  const rows = graph.op('Unsqueeze', [asInt64(graph, indices), graph.ints([1])])
  const made = { type: whole.value.type, dims: whole.dims }
  return asList(graph.op('ScatterND', [whole.value, rows, values.value], {}, made), list.list!.count)
}

/** Gathers the elements at indices; if these count from 0 to the end, that is the whole list. */
function gatherItems({ graph }: Operation, list: Tensor, indices: Tensor): Tensor {
  const ordered = indices.counts || indices.elements?.every((element, i) => element === i)
  if (ordered && indices.dims[0] === list.dims[0]) return { ...list, list: undefined }
  return tensorOf(graph.op('Gather', [list.value, indices.value], { axis: { int: 0 } }))
}

/** Concatenates elements of the same length along their first axis. */
function joined(operation: Operation, list: Tensor): Tensor {
  const { graph, fail } = operation
  const [count, length, ...rest] = list.dims
  if (!isStatic(rest)) return fail('the sizes of the elements of a list are not known')
  const total = typeof count === 'number' && typeof length === 'number' ? count * length : operation.dim(0)
  return tensorOf(
    graph.op(
      'Reshape',
      [list.value, graph.ints([-1, ...rest])],
      {},
      { type: list.value.type, dims: [total, ...rest] },
    ),
  )
}

/** Splits a tensor into pieces of one length along its first axis. */
function cut(operation: Operation, values: Tensor, lengths: Tensor): Tensor {
  const { graph, fail } = operation
  const known = lengths.elements
  const [length] = known ?? []
  if (!known || typeof length !== 'number' || known.some(each => each !== length)) {
    return fail('pieces of different lengths are not supported')
  }
  const rest = values.dims.slice(1)
  if (!isStatic(rest)) return fail('the sizes of its elements are not known')
  const dims = [known.length, length, ...rest]
  const pieces = graph.op('Reshape', [values.value, graph.ints(dims)], {}, { type: values.value.type, dims })
  return asList(pieces, constantTensor(graph, 'int32', [], [known.length]))
}

const notList = (tensor: Tensor): Tensor => ({
  ...tensor,
  dims: tensor.dims,
  list: undefined,
  value: tensor.value,
})

const define = (convert: (operation: Operation) => Tensor | Tensor[]): OperatorDefinition => ({ convert })

/** Appends an element to a list. */
const pushBack = define(operation => {
  const { graph } = operation
  const [list, item] = [operation.input(0), operation.input(1)]
  const whole = isPending(list) ? materializeList(graph, list, item.dims) : list
  const [size] = whole.dims
  const dims: Dim[] = [typeof size === 'number' ? size + 1 : operation.dim(0), ...whole.dims.slice(1)]
  const made = graph.op(
    'Concat',
    [grown(graph, whole.value, item.value), unsqueeze(graph, item.value, 0)],
    { axis: { int: 0 } },
    { type: whole.value.type, dims },
  )
  return asList(made, whole.list!.count)
})

const popBack = define(operation => {
  const { graph } = operation
  const list = operation.input(0)
  const last = tensorOf(squeeze(graph, slice(graph, list.value, 0, -1), 0))
  const rest = asList(slice(graph, list.value, 0, 0, -1), list.list!.count)
  return [rest, last]
})

/** Operators on lists of tensors (TensorList…), which loops collect their outputs in, by name. */
export const listOperators: Operators = {
  TensorListReserve: define(operation => reserve(operation, operation.input(1), operation.input(0).elements)),
  EmptyTensorList: define(operation =>
    reserve(operation, constantTensor(operation.graph, 'int32', [], [0]), operation.input(0).elements),
  ),
  TensorListFromTensor: define(operation => {
    const x = operation.input(0)
    const [size] = x.dims
    const count =
      typeof size === 'number' ? constantTensor(operation.graph, 'int32', [], [size]) : countOf(operation, x)
    return asList(x.value, count)
  }),
  TensorListStack: define(operation => notList(operation.input(0))),
  TensorListGetItem: define(operation => getItem(operation, operation.input(0), operation.input(1))),
  TensorListSetItem: define(operation =>
    setItem(operation, operation.input(0), operation.input(1), operation.input(2)),
  ),
  TensorListLength: define(operation => countOf(operation, operation.input(0))),
  TensorListGather: define(operation => gatherItems(operation, operation.input(0), operation.input(1))),
  TensorListScatter: define(operation => scatterList(operation, undefined)),
  TensorListScatterV2: define(operation => scatterList(operation, operation.input(3))),
  TensorListConcat: define(operation => joined(operation, operation.input(0))),
  TensorListConcatV2: define(operation => joined(operation, operation.input(0))),
  TensorListSplit: define(operation => cut(operation, operation.input(0), operation.input(2))),
  TensorListPushBack: pushBack,
  TensorListPopBack: popBack,
  TensorArrayV3: define(operation => {
    const list = reserve(operation, operation.input(0), operation.attributes.shape('element_shape'))
    return [list, list]
  }),
  TensorArrayWriteV3: define(operation =>
    setItem(operation, operation.input(3), operation.input(1), operation.input(2)),
  ),
  TensorArrayReadV3: define(operation => getItem(operation, operation.input(2), operation.input(1))),
  TensorArrayGatherV3: define(operation => gatherItems(operation, operation.input(2), operation.input(1))),
  TensorArrayScatterV3: define(operation =>
    scatter(operation, operation.input(3), operation.input(1), operation.input(2)),
  ),
  TensorArrayConcatV3: define(operation => joined(operation, operation.input(1))),
  TensorArraySplitV3: define(operation => cut(operation, operation.input(1), operation.input(2))),
  TensorArraySizeV3: define(operation => countOf(operation, operation.input(1))),
  TensorArrayCloseV3: define(() => []),
}

/** Creates a list with `values` at indices. Its length is given, or the number of indices. */
function scatterList(operation: Operation, given: Tensor | undefined): Tensor {
  const [values, indices] = [operation.input(0), operation.input(1)]
  const known = given?.elements?.[0]
  const count =
    given && known !== -1 ? given : constantTensor(operation.graph, 'int32', [], [Number(values.dims[0])])
  return scatter(operation, pendingList(values.dtype, count, operation.fail), indices, values)
}
