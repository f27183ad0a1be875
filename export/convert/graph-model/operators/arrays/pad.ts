import { channelsFirstAxis, channelsLast } from '../../../graph/layout.ts'
import { cast, scalar, transpose } from '../../../graph/operators.ts'
import type { Dim, Value } from '../../../graph/value.ts'
import { asInt64, type Tensor, tensorOf } from '../../topology/tensor.ts'
import type { Operation, OperatorDefinition, Operators } from '../operation.ts'

/** Reads paddings [before, after] of each axis, which must be known. */
function readPaddings(operation: Operation, x: Tensor): [number, number][] {
  const all = operation.numbers(1, 'paddings')
  if (all.length !== 2 * x.dims.length || all.some(n => n < 0)) {
    operation.fail(`expected ${2 * x.dims.length} paddings from 0 on, got [${all}]`)
  }
  return x.dims.map((_, axis) => [all[2 * axis], all[2 * axis + 1]])
}

function pad(operation: Operation, mode: 'constant' | 'reflect', fill: Value | undefined): Tensor {
  const { graph } = operation
  const x = operation.input(0)
  if (!operation.input(1).elements?.every(n => typeof n === 'number'))
    return padDynamic(operation, mode, fill)
  const paddings = readPaddings(operation, x)
  if (paddings.every(([before, after]) => before + after === 0)) return x
  const rank = x.dims.length
  const first = rank >= 3 ? graph.layouts.get(x.value.name) : undefined
  const order = x.dims.map((_, axis) => axis)
  const own = first
    ? order.toSorted((a, b) => channelsFirstAxis(a, rank) - channelsFirstAxis(b, rank))
    : order
  const pads = graph.ints([...own.map(axis => paddings[axis][0]), ...own.map(axis => paddings[axis][1])])
  const inputs = [first ?? x.value, pads, ...(fill ? [fill] : [])]
  const made = graph.op('Pad', inputs, { mode: { string: mode } })
  return tensorOf(first ? channelsLast(graph, made) : made)
}

/** Pads by amounts that are known only at run time: [rank, 2] becomes ONNX's [before…, after…]. */
function padDynamic(operation: Operation, mode: 'constant' | 'reflect', fill: Value | undefined): Tensor {
  const { graph } = operation
  const [x, paddings] = [operation.input(0), operation.input(1)]
  const rank = x.dims.length
  const turned = transpose(graph, asInt64(graph, paddings), [1, 0])
  const pads = graph.op('Reshape', [turned, graph.ints([-1])], {}, { type: 'int64', dims: [2 * rank] })
  const dims = x.dims.map((dim, axis): Dim => {
    const [before, after] = [paddings.elements?.[2 * axis], paddings.elements?.[2 * axis + 1]]
    if (before === 0 && after === 0) return dim
    const known = typeof before === 'number' && typeof after === 'number' && typeof dim === 'number'
    return known ? dim + before + after : operation.dim(axis)
  })
  const inputs = [x.value, pads, ...(fill ? [fill] : [])]
  return tensorOf(graph.op('Pad', inputs, { mode: { string: mode } }, { type: x.value.type, dims }))
}

const padOperator: OperatorDefinition = {
  convert: operation => {
    const x = operation.input(0)
    return pad(operation, 'constant', x.dtype === 'float32' ? undefined : zeroLike(operation, x))
  },
}

const zeroLike = ({ graph }: Operation, x: Tensor): Value =>
  cast(graph, scalar(graph, 0), x.dtype === 'bool' ? 'bool' : 'int32')

/** Pads by mirroring: REFLECT does not repeat the edge, SYMMETRIC does. */
const mirrorPad: OperatorDefinition = {
  convert: operation => {
    const { graph, attributes } = operation
    const mode = attributes.string('mode')
    if (mode === 'REFLECT') return pad(operation, 'reflect', undefined)
    if (mode !== 'SYMMETRIC') return operation.fail(`expected mode REFLECT or SYMMETRIC, got ${mode}`)
    let y = operation.input(0)
    for (const [axis, [before, after]] of readPaddings(operation, y).entries()) {
      if (before + after === 0) continue
      const size = y.dims[axis]
      if (typeof size !== 'number') return operation.fail(`the size of axis ${axis} is not known`)
      const indices = Array.from({ length: before + size + after }, (_, i) => {
        const at = i - before
        return at < 0 ? -at - 1 : at >= size ? 2 * size - 1 - at : at
      })
      y = tensorOf(graph.op('Gather', [y.value, graph.ints(indices)], { axis: { int: axis } }))
    }
    return y
  },
}

/** Padding, by operator name. */
export const padOperators: Operators = {
  Pad: padOperator,
  PadV2: {
    convert: operation => pad(operation, 'constant', operation.input(2).value),
  },
  MirrorPad: mirrorPad,
}
