import { sizeOf } from '../../../graph/arrays.ts'
import { channelsFirstAxis, channelsLast } from '../../../graph/layout.ts'
import { concat, squeeze, unsqueeze } from '../../../graph/operators.ts'
import type { Value } from '../../../graph/value.ts'
import { concatElements, takeElements } from '../../topology/elements.ts'
import { type Element, isStatic, type Tensor, tensorOf } from '../../topology/tensor.ts'
import {
  axisOf,
  type Known,
  moved,
  type Operation,
  type OperatorDefinition,
  type Operators,
  promoted,
} from '../operation.ts'

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
      elements: input.elements ?? Array<Element>(sizeOf(input.dims as number[])).fill(undefined),
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

/** Splits into pieces of these sizes along an axis, in the channels-first form if there is one. */
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
  const own = channelsFirstAxis(axis, x.dims.length)
  return split(operation, first, own, sizes).map(part => tensorOf(channelsLast(graph, part)))
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

/** Concatenates tensors. Images stay channels-first if all of them are. */
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
    return tensorOf(channelsLast(graph, joined(images, channelsFirstAxis(axis, rank))))
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

/** Operators that join tensors into one or split one into several. */
export const joinOperators: Operators = {
  Pack: pack,
  Unpack: unpack,
  Split: splitOperator,
  SplitV: splitV,
  ConcatV2: concatV2,
  Concat: concatV1,
}
