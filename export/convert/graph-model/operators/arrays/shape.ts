import { transpose, unsqueeze } from '../../../graph/operators.ts'
import type { Dim } from '../../../graph/value.ts'
import {
  asInt64,
  type Element,
  isStatic,
  knownNumbers,
  type Tensor,
  tensorOf,
} from '../../topology/tensor.ts'
import {
  axisOf,
  castTensor,
  type Known,
  moved,
  type Operation,
  type OperatorDefinition,
  type Operators,
} from '../operation.ts'

const sizesOf = (x: Tensor): Known => ({ dtype: 'int32', dims: [x.dims.length], elements: x.dims })

const shapeOperator: OperatorDefinition = {
  convert: ({ graph, input }) =>
    tensorOf(
      castTensor(graph, { ...tensorOf(graph.op('Shape', [input(0).value])), dtype: 'float32' }, 'int32'),
    ),
  fold: ({ input }) => sizesOf(input(0)),
}

const product = (dims: readonly Dim[]): Element => {
  const names = dims.filter(dim => typeof dim === 'string')
  const rest = dims.reduce<number>((size, dim) => (typeof dim === 'number' ? size * dim : size), 1)
  return names.length === 0 ? rest : names.length === 1 && rest === 1 ? names[0] : undefined
}

const sizeOperator: OperatorDefinition = {
  convert: ({ graph, input }) => {
    const shape = graph.op('Shape', [input(0).value])
    const size = graph.op('ReduceProd', [shape], { keepdims: { int: 0 } }, { type: 'int64', dims: [] })
    return tensorOf(graph.op('Cast', [size], { to: { int: 6 } }))
  },
  fold: ({ input }) => ({ dtype: 'int32', dims: [], elements: [product(input(0).dims)] }),
}

/** The size written as −1, if it follows from the other sizes. */
function openSize(from: readonly Dim[], target: readonly Element[]): Element {
  const known = target.filter(size => size !== -1)
  if (known.includes(undefined)) return undefined
  const names = (list: readonly Element[]) => list.filter(size => typeof size === 'string').sort()
  const [before, after] = [names(from), names(known)]
  const numbers = (list: readonly Element[]) =>
    list.reduce<number>((size, dim) => (typeof dim === 'number' ? size * dim : size), 1)
  const rest = numbers(from) / numbers(known)
  if (before.join() === after.join()) return Number.isInteger(rest) ? rest : undefined
  const [more] = before.filter(name => !after.includes(name))
  return before.length === after.length + 1 && rest === 1 ? more : undefined
}

/** A tensor in another shape, given by the elements of a shape tensor. */
export function reshapeTo(operation: Operation, x: Tensor, shape: Tensor): Tensor {
  const { graph } = operation
  if (shape.dims.length !== 1 || typeof shape.dims[0] !== 'number') {
    return operation.fail('expected a shape whose length is known')
  }
  const target = shape.elements ?? Array<Element>(shape.dims[0]).fill(undefined)
  const dims = target.map((size, axis): Dim => {
    const found = size === -1 ? openSize(x.dims, target) : size
    return found ?? operation.dim(axis)
  })
  checkSizes(operation, x, target)
  const numeric = target.map((size, axis) =>
    typeof size === 'number' ? size : size !== undefined && size === x.dims[axis] ? 0 : -1,
  )
  if (
    numeric.filter(size => size === -1).length <= 1 &&
    !numeric.some((size, i) => size === 0 && target[i] === 0)
  ) {
    return tensorOf(graph.op('Reshape', [x.value, graph.ints(numeric)], {}, { type: x.value.type, dims }))
  }
  const allowzero: Record<string, { int: number }> =
    graph.opset >= 14 && target.includes(0) ? { allowzero: { int: 1 } } : {}
  return tensorOf(
    graph.op('Reshape', [x.value, asInt64(graph, shape)], allowzero, { type: x.value.type, dims }),
  )
}

function checkSizes(operation: Operation, x: Tensor, target: readonly Element[]): void {
  if (target.filter(size => size === -1).length > 1)
    operation.fail(`expected one open size, got [${target.join(', ')}]`)
  if (!isStatic(x.dims) || !target.every(size => typeof size === 'number')) return
  const have = x.dims.reduce((a, b) => a * b, 1)
  const want = target.reduce((a, b) => (b === -1 ? a : a * b), 1)
  const fits = target.includes(-1) ? want > 0 && have % want === 0 : have === want
  if (!fits) operation.fail(`cannot turn [${x.dims.join(', ')}] into [${target.join(', ')}]`)
}

const reshapeOperator: OperatorDefinition = {
  convert: operation => reshapeTo(operation, operation.input(0), operation.input(1)),
  fold: ({ input }) => {
    const [x, shape] = [input(0), input(1)]
    if (!x.elements || !shape.elements?.every(size => typeof size === 'number')) return undefined
    const known = shape.elements.filter(size => size !== -1).reduce((a, b) => a * b, 1)
    const dims = shape.elements.map(size => (size === -1 ? x.elements!.length / known : size))
    return moved(x, dims, x.elements)
  },
}

const squeezeOperator: OperatorDefinition = {
  convert: operation => {
    const { graph } = operation
    const x = operation.input(0)
    const axes = squeezedAxes(operation, x)
    if (axes.length === 0) return x
    const first = graph.layouts.get(x.value.name)
    const rank = x.dims.length
    const spatial = axes.length === rank - 2 && axes.every((axis, i) => axis === i + 1)
    const value = first && spatial ? first : x.value
    const own = first && spatial ? axes.map(axis => axis + 1) : axes
    return tensorOf(graph.op('Squeeze', [value, graph.ints(own)]))
  },
  fold: operation => {
    const x = operation.input(0)
    if (!x.elements) return undefined
    const axes = squeezedAxes(operation, x)
    return moved(
      x,
      (x.dims as number[]).filter((_, i) => !axes.includes(i)),
      x.elements,
    )
  },
}

function squeezedAxes(operation: Operation, x: Tensor): number[] {
  const { attributes } = operation
  const listed = attributes.numbers('squeeze_dims') ?? attributes.numbers('axis') ?? []
  const axes = listed.map(axis => axisOf(operation, axis, x.dims.length))
  if (axes.length > 0) {
    const wrong = axes.find(axis => typeof x.dims[axis] === 'number' && x.dims[axis] !== 1)
    if (wrong !== undefined) operation.fail(`axis ${wrong} has size ${x.dims[wrong]}; expected 1`)
    return [...new Set(axes)].sort((a, b) => a - b)
  }
  const open = x.dims.findIndex(dim => typeof dim === 'string')
  if (open >= 0 && x.dims.includes(1) === false) return []
  return x.dims.flatMap((dim, i) => (dim === 1 ? [i] : []))
}

function expandedAxis(operation: Operation, x: Tensor): number {
  const [axis] =
    operation.inputs.length > 1 ? operation.numbers(1, 'axis') : [operation.attributes.number('dim', 0)]
  return axisOf(operation, axis, x.dims.length + 1)
}

const expandDims: OperatorDefinition = {
  convert: operation =>
    tensorOf(
      unsqueeze(operation.graph, operation.input(0).value, expandedAxis(operation, operation.input(0))),
    ),
  fold: operation => {
    const x = operation.input(0)
    if (!x.elements) return undefined
    return moved(x, (x.dims as number[]).toSpliced(expandedAxis(operation, x), 0, 1), x.elements)
  },
}

const transposeOperator: OperatorDefinition = {
  convert: operation => {
    const { graph } = operation
    const x = operation.input(0)
    const rank = x.dims.length
    const perm =
      operation.inputs.length > 1
        ? operation.numbers(1, 'perm')
        : Array.from({ length: rank }, (_, i) => rank - 1 - i)
    if (perm.length !== rank || new Set(perm).size !== rank || Math.max(-1, ...perm) !== rank - 1) {
      operation.fail(`expected axes 0 to ${rank - 1} in some order, got [${perm}]`)
    }
    const first = graph.layouts.get(x.value.name)
    const toFirst = [0, rank - 1, ...Array.from({ length: Math.max(0, rank - 2) }, (_, i) => i + 1)]
    if (first && perm.join() === toFirst.join()) return tensorOf(first)
    return tensorOf(transpose(graph, x.value, perm))
  },
  fold: ({ input, inputs }) => {
    const x = input(0)
    const perm = inputs[1] && knownNumbers(inputs[1])
    if (!x.elements || !isStatic(x.dims) || x.dims.length !== 2 || perm?.join() !== '1,0') return undefined
    const [rows, columns] = x.dims
    const elements = Array.from(
      { length: rows * columns },
      (_, i) => x.elements![(i % rows) * columns + Math.floor(i / rows)],
    )
    return moved(x, [columns, rows], elements)
  },
}

const passOn: OperatorDefinition = { convert: ({ inputs }) => [...inputs] }

/** Operators that read or change a shape and leave the elements as they are, by name. */
export const shapeOperators: Operators = {
  Identity: passOn,
  IdentityN: passOn,
  StopGradient: passOn,
  Snapshot: passOn,
  Shape: shapeOperator,
  ShapeN: {
    convert: operation =>
      operation.inputs.map(x =>
        tensorOf(operation.graph.op('Cast', [operation.graph.op('Shape', [x.value])], { to: { int: 6 } })),
      ),
    fold: ({ inputs }) => inputs.map(sizesOf),
  },
  Size: sizeOperator,
  Rank: {
    convert: ({ graph, input }) =>
      tensorOf(graph.constant(`int32[](${input(0).dims.length})`, 'int32', [], [input(0).dims.length])),
    fold: ({ input }) => ({ dtype: 'int32', dims: [], elements: [input(0).dims.length] }),
  },
  Reshape: reshapeOperator,
  Squeeze: squeezeOperator,
  ExpandDims: expandDims,
  Transpose: transposeOperator,
}
