import type { Builder } from '../../graph/builder.ts'
import { concat, squeeze, transpose, unsqueeze } from '../../graph/operators.ts'
import type { Dim, Value } from '../../graph/value.ts'
import { concatElements, takeElements } from '../elements.ts'
import { asInt64, type Element, isStatic, knownNumbers, type Tensor, tensorOf } from '../tensor.ts'
import {
  axisOf,
  castTensor,
  type Known,
  type Operation,
  type OperatorDefinition,
  type Operators,
  promoted,
} from './operation.ts'

/** A tensor whose value is the same numbers in another arrangement, for folding. */
const moved = (x: Tensor, dims: readonly number[], elements: readonly Element[]): Known => ({
  dtype: x.dtype,
  dims,
  elements,
})

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

/** The one size written −1, where the sizes of both sides tell it. */
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
    typeof size === 'number' ? size : size === x.dims[axis] ? 0 : -1,
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

/** Tensors of one shape, stacked along a new axis. */
const pack: OperatorDefinition = {
  convert: operation => {
    const { graph, attributes } = operation
    const inputs = promoted(graph, operation.inputs)
    const axis = axisOf(operation, attributes.number('axis', 0), inputs[0].dims.length + 1)
    requireEqualShapes(operation, inputs)
    return tensorOf(
      concat(
        graph,
        inputs.map(({ value }) => unsqueeze(graph, value, axis)),
        axis,
      ),
    )
  },
  fold: operation => {
    const { inputs, attributes } = operation
    if (inputs.length === 0 || !inputs.every(({ dims }) => isStatic(dims))) return undefined
    if (!inputs.some(({ elements }) => elements) || inputs.some(({ dtype }) => dtype !== inputs[0].dtype))
      return undefined
    if (inputs.some(({ dims }) => dims.join() !== inputs[0].dims.join())) return undefined
    const axis = axisOf(operation, attributes.number('axis', 0), inputs[0].dims.length + 1)
    const list = inputs.map(input => ({
      dims: (input.dims as number[]).toSpliced(axis, 0, 1),
      elements: input.elements ?? Array<Element>(product(input.dims) as number).fill(undefined),
    }))
    const { dims, elements } = concatElements(list, axis)
    return moved(inputs[0], dims, elements)
  },
}

function requireEqualShapes(operation: Operation, inputs: readonly Tensor[]): void {
  for (const { dims } of inputs) {
    const fits =
      dims.length === inputs[0].dims.length &&
      dims.every(
        (dim, i) =>
          typeof dim === 'string' || typeof inputs[0].dims[i] === 'string' || dim === inputs[0].dims[i],
      )
    if (!fits)
      operation.fail(
        `expected inputs of one shape, got [${inputs[0].dims.join(', ')}] and [${dims.join(', ')}]`,
      )
  }
}

const unpack: OperatorDefinition = {
  convert: operation => {
    const { graph } = operation
    const x = operation.input(0)
    const [axis, count] = unpacked(operation, x)
    if (count === 1) return tensorOf(squeeze(graph, x.value, axis))
    const parts = split(operation, x.value, axis, Array<number>(count).fill(1))
    return parts.map(part => tensorOf(squeeze(graph, part, axis)))
  },
  fold: operation => {
    const x = operation.input(0)
    if (!x.elements || !isStatic(x.dims)) return undefined
    const [axis, count] = unpacked(operation, x)
    const dims = x.dims.toSpliced(axis, 1)
    return Array.from({ length: count }, (_, i) => {
      return moved(
        x,
        dims,
        takeElements({ dims: x.dims as number[], elements: x.elements! }, axis, [i]).elements,
      )
    })
  },
}

function unpacked(operation: Operation, x: Tensor): [axis: number, count: number] {
  const axis = axisOf(operation, operation.attributes.number('axis', 0), x.dims.length)
  const size = x.dims[axis]
  const count = typeof size === 'number' ? size : operation.attributes.number('num', 0)
  if (count < 1) operation.fail(`the size of axis ${axis} is not known`)
  return [axis, count]
}

/** Pieces of these sizes along an axis, of the channels-first form where there is one. */
function split(operation: Operation, x: Value, axis: number, sizes: readonly number[]): Value[] {
  const { graph } = operation
  const made = sizes.map(size => ({ type: x.type, dims: x.dims.with(axis, size) }))
  return graph.ops('Split', [x, graph.ints(sizes)], sizes.length, { axis: { int: axis } }, made)
}

function splitTensors(operation: Operation, x: Tensor, axis: number, sizes: readonly number[]): Tensor[] {
  if (sizes.length === 1) return [x]
  const { graph } = operation
  const first = graph.layouts.get(x.value.name)
  if (!first) return split(operation, x.value, axis, sizes).map(tensorOf)
  const own = toChannelsFirst(axis, x.dims.length)
  return split(operation, first, own, sizes).map(part => tensorOf(lastOf(graph, part)))
}

/** Where the channels-first form has an axis. */
export const toChannelsFirst = (axis: number, rank: number) =>
  axis === 0 ? 0 : axis === rank - 1 ? 1 : axis + 1

/** The channels-last form of a channels-first value, remembered as such. */
export function lastOf(graph: Builder, first: Value): Value {
  const rank = first.dims.length
  const perm = [0, ...Array.from({ length: rank - 2 }, (_, i) => i + 2), 1]
  const last = graph.op('Transpose', [first], { perm: { ints: perm } })
  graph.layouts.set(last.name, first)
  return last
}

function knownSize(operation: Operation, x: Tensor, axis: number): number {
  const size = x.dims[axis]
  return typeof size === 'number' ? size : operation.fail(`the size of axis ${axis} is not known`)
}

const splitOperator: OperatorDefinition = {
  convert: operation => {
    const [given] = operation.numbers(0, 'axis')
    const x = operation.input(1)
    const axis = axisOf(operation, given, x.dims.length)
    const count = operation.attributes.number('num_split')
    const size = knownSize(operation, x, axis)
    if (size % count !== 0) operation.fail(`cannot split ${size} into ${count} equal parts`)
    return splitTensors(operation, x, axis, Array<number>(count).fill(size / count))
  },
}

const splitV: OperatorDefinition = {
  convert: operation => {
    const x = operation.input(0)
    const [given] = operation.numbers(2, 'axis')
    const axis = axisOf(operation, given, x.dims.length)
    const sizes = operation.numbers(1, 'sizes')
    const rest = sizes.filter(size => size !== -1).reduce((a, b) => a + b, 0)
    const full = sizes.map(size => (size === -1 ? knownSize(operation, x, axis) - rest : size))
    return splitTensors(operation, x, axis, full)
  },
}

/** Tensors end to end; images stay channels-first where all are. */
function concatenate(operation: Operation, inputs: readonly Tensor[], given: number): Tensor {
  const { graph } = operation
  const list = promoted(
    graph,
    inputs.filter(({ dims }) => !dims.includes(0) || inputs.length === 1),
  )
  if (list.length === 0) return inputs[0]
  const rank = list[0].dims.length
  const axis = axisOf(operation, given, rank)
  for (const { dims } of list) {
    const differs = dims.findIndex(
      (dim, i) =>
        i !== axis &&
        typeof dim === 'number' &&
        typeof list[0].dims[i] === 'number' &&
        dim !== list[0].dims[i],
    )
    if (dims.length !== rank || differs >= 0)
      operation.fail(`shapes [${list[0].dims.join(', ')}] and [${dims.join(', ')}] do not fit`)
  }
  const images = list.flatMap(({ value }) => graph.layouts.get(value.name) ?? [])
  const joined = (values: readonly Value[], own: number) => {
    const made = graph.op('Concat', values, { axis: { int: own } })
    const known = values[0].dims.map((dim, i) =>
      i === own ? made.dims[i] : (values.find(v => typeof v.dims[i] === 'number')?.dims[i] ?? dim),
    )
    return { ...made, dims: known }
  }
  if (list.length === 1) return list[0]
  if (images.length === list.length && rank >= 3)
    return tensorOf(lastOf(graph, joined(images, toChannelsFirst(axis, rank))))
  return tensorOf(
    joined(
      list.map(({ value }) => value),
      axis,
    ),
  )
}

function foldConcat(
  operation: Operation,
  inputs: readonly Tensor[],
  axis: number | undefined,
): Known | undefined {
  if (axis === undefined || inputs.some(({ elements, dims }) => !elements || !isStatic(dims)))
    return undefined
  if (inputs.some(({ dtype, dims }) => dtype !== inputs[0].dtype || dims.length !== inputs[0].dims.length))
    return undefined
  const counted = axisOf(operation, axis, inputs[0].dims.length)
  const { dims, elements } = concatElements(
    inputs.map(({ dims, elements }) => ({ dims: dims as number[], elements: elements! })),
    counted,
  )
  return moved(inputs[0], dims, elements)
}

const concatV2: OperatorDefinition = {
  convert: operation =>
    concatenate(
      operation,
      operation.inputs.slice(0, -1),
      operation.numbers(operation.inputs.length - 1, 'axis')[0],
    ),
  fold: operation => {
    const axis = operation.inputs.at(-1)?.elements?.[0]
    return foldConcat(operation, operation.inputs.slice(0, -1), typeof axis === 'number' ? axis : undefined)
  },
}
const concatV1: OperatorDefinition = {
  convert: operation => concatenate(operation, operation.inputs.slice(1), operation.numbers(0, 'axis')[0]),
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

const tile: OperatorDefinition = {
  convert: operation => {
    const { graph } = operation
    const [x, multiples] = [operation.input(0), operation.input(1)]
    const known = multiples.elements
    const dims = x.dims.map((dim, i): Dim => {
      const times = known?.[i]
      if (times === 1) return dim
      if (dim === 1 && typeof times === 'string') return times
      return typeof times === 'number' && typeof dim === 'number' ? dim * times : operation.dim(i)
    })
    if (known?.every(n => n === 1)) return x
    const isBool = x.dtype === 'bool'
    const value = isBool ? castTensor(graph, x, 'int32') : x.value
    const tiled = tensorOf(
      graph.op('Tile', [value, asInt64(graph, multiples)], {}, { type: value.type, dims }),
    )
    return isBool ? tensorOf(castTensor(graph, tiled, 'bool')) : tiled
  },
}

/** Sizes of a result from a shape tensor. */
export function dimsFrom(operation: Operation, shape: Tensor): Dim[] {
  if (shape.dims.length !== 1 || typeof shape.dims[0] !== 'number') {
    return operation.fail('expected a shape whose length is known')
  }
  const elements = shape.elements ?? Array<Element>(shape.dims[0]).fill(undefined)
  return elements.map((size, axis) => size ?? operation.dim(axis))
}

const broadcastTo: OperatorDefinition = {
  convert: operation => {
    const { graph } = operation
    const [x, shape] = [operation.input(0), operation.input(1)]
    const dims = dimsFrom(operation, shape)
    return tensorOf(graph.op('Expand', [x.value, asInt64(graph, shape)], {}, { type: x.value.type, dims }))
  },
}

const fill: OperatorDefinition = {
  convert: operation => {
    const { graph } = operation
    const [shape, x] = [operation.input(0), operation.input(1)]
    if (x.dtype === 'string') operation.fail('strings are not supported')
    const dims = dimsFrom(operation, shape)
    return tensorOf(graph.op('Expand', [x.value, asInt64(graph, shape)], {}, { type: x.value.type, dims }))
  },
  fold: ({ input }) => {
    const [shape, x] = [input(0), input(1)]
    const [element] = x.elements ?? []
    const dims = shape.elements
    if (element === undefined || !dims?.every(size => typeof size === 'number')) return undefined
    const size = dims.reduce((a, b) => a * b, 1)
    return size > 1024 ? undefined : moved(x, dims, Array<Element>(size).fill(element))
  },
}

const range: OperatorDefinition = {
  convert: operation => {
    const { graph } = operation
    const inputs = promoted(graph, [operation.input(0), operation.input(1), operation.input(2)])
    const [start, limit, delta] = inputs.map(({ elements }) => elements?.[0])
    const size: Dim =
      typeof start === 'number' && typeof limit === 'number' && typeof delta === 'number'
        ? Math.max(0, Math.ceil((limit - start) / delta))
        : start === 0 && delta === 1 && typeof limit === 'string'
          ? limit
          : operation.dim(0)
    const [{ value }] = inputs
    const made = graph.op(
      'Range',
      inputs.map(input => input.value),
      {},
      { type: value.type, dims: [size] },
    )
    return { ...tensorOf(made), counts: start === 0 && delta === 1 }
  },
  fold: ({ input }) => {
    const [start, limit, delta] = [0, 1, 2].map(place => input(place).elements?.[0])
    if (typeof start !== 'number' || typeof limit !== 'number' || typeof delta !== 'number' || delta === 0)
      return undefined
    const count = Math.max(0, Math.ceil((limit - start) / delta))
    if (count > 1024) return undefined
    return moved(
      input(0),
      [count],
      Array.from({ length: count }, (_, i) => start + i * delta),
    )
  },
}

const passOn: OperatorDefinition = { convert: ({ inputs }) => [...inputs] }

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
  Pack: pack,
  Unpack: unpack,
  Split: splitOperator,
  SplitV: splitV,
  ConcatV2: concatV2,
  Concat: concatV1,
  Transpose: transposeOperator,
  Tile: tile,
  BroadcastTo: broadcastTo,
  Fill: fill,
  Range: range,
}
