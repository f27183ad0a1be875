import { channelsFirstAxis, channelsLast } from '../../../graph/layout.ts'
import { cast, unsqueeze } from '../../../graph/operators.ts'
import type { Dim, Value } from '../../../graph/value.ts'
import { sliceIndices, takeElements } from '../../topology/elements.ts'
import { asInt64, type Element, isStatic, type Tensor, tensorOf } from '../../topology/tensor.ts'
import type { Known, Operation, OperatorDefinition, Operators } from '../operation.ts'

const END = 2 ** 31 - 1

/** A bound of a slice: a number, or a scalar of the graph. */
type Bound = number | Value

/** The part of one axis that a slice takes. */
interface AxisSlice {
  axis: number
  start: Bound
  end: Bound
  step: number
  /** The size of the result; undefined where it is not known. */
  size: Dim | undefined
}

/** A strided slice such as Python's `x[1:3, ::2, None, -1]`, with its masks resolved. */
interface Slicing {
  slices: AxisSlice[]
  /** Axes from which one index is taken, by number or as a scalar of the graph. */
  picks: { axis: number; index: Bound }[]
  /** Positions of new axes in the result. */
  added: number[]
}

function sizeOfSlice(size: Dim, start: Bound, end: Bound, step: number): Dim | undefined {
  if (typeof start !== 'number' || typeof end !== 'number') return undefined
  if (typeof size === 'number') return sliceIndices(size, start, end, step).length
  if (step === 1 && start === 0 && end >= END) return size
  if (step === -1 && start >= END && end <= -END) return size
  return undefined
}

/** Element i of a vector that is known only at run time, as an int64 vector of length one. */
function dynamicBound(operation: Operation, vector: Tensor, i: number): Value {
  const { graph } = operation
  return graph.op('Gather', [cast(graph, vector.value, 'int64'), graph.ints([i])], { axis: { int: 0 } })
}

function readSlicing(operation: Operation, x: Tensor): Slicing {
  const { attributes } = operation
  const [begin, end, strides] = [1, 2, 3].map(place => operation.input(place))
  const count = begin.dims[0]
  if (typeof count !== 'number') return operation.fail('the number of sliced axes is not known')
  const steps = strides.elements
  if (!steps?.every(step => typeof step === 'number')) return operation.fail('the steps are not known')
  const bit = (name: string, i: number) => ((attributes.number(name, 0) >> i) & 1) === 1
  const newAxes = Array.from({ length: count }, (_, i) => i).filter(i => bit('new_axis_mask', i)).length
  const slicing: Slicing = { slices: [], picks: [], added: [] }
  let axis = 0
  let place = 0
  for (let i = 0; i < count; i++) {
    if (bit('ellipsis_mask', i)) {
      const skipped = x.dims.length - (count - 1 - newAxes)
      axis += skipped
      place += skipped
      continue
    }
    if (bit('new_axis_mask', i)) {
      slicing.added.push(place++)
      continue
    }
    if (axis >= x.dims.length) return operation.fail(`slices more axes than [${x.dims.join(', ')}] has`)
    const bound = (vector: Tensor): Bound => {
      const element = vector.elements?.[i]
      if (typeof element === 'number') return element
      // A bound that is the named size of this axis is its end.
      if (typeof element === 'string' && element === x.dims[axis] && vector === end) return END
      return dynamicBound(operation, vector, i)
    }
    if (bit('shrink_axis_mask', i)) {
      slicing.picks.push({ axis, index: bound(begin) })
    } else {
      const step = steps[i]
      if (step === 0) return operation.fail('a step of 0')
      const from = bit('begin_mask', i) ? (step > 0 ? 0 : END) : bound(begin)
      const to = bit('end_mask', i) ? (step > 0 ? END : -END) : bound(end)
      slicing.slices.push({
        axis,
        start: from,
        end: to,
        step,
        size: sizeOfSlice(x.dims[axis], from, to, step),
      })
      place++
    }
    axis++
  }
  return slicing
}

/** Slices several axes with one operator; axes that are taken whole are left out. */
function sliceAxes(operation: Operation, x: Tensor, slices: readonly AxisSlice[]): Tensor {
  const { graph } = operation
  const needed = slices
    .filter(({ axis, size, step }) => !(step === 1 && size === x.dims[axis]))
    // Runtimes clamp the start of an empty slice with a negative step to the first element.
    .map(each => (each.size === 0 ? { ...each, start: 0, end: 0, step: 1 } : each))
  if (needed.length === 0) return x
  const first = graph.layouts.get(x.value.name)
  const source = first ?? x.value
  const own = (axis: number) => (first ? channelsFirstAxis(axis, x.dims.length) : axis)
  const bounds = (key: 'start' | 'end'): Value => {
    if (needed.every(each => typeof each[key] === 'number'))
      return graph.ints(needed.map(each => each[key] as number))
    const parts = needed.map(each => (typeof each[key] === 'number' ? graph.ints([each[key]]) : each[key]))
    return parts.length === 1 ? parts[0] : graph.op('Concat', parts, { axis: { int: 0 } })
  }
  const dims = [...source.dims]
  for (const { axis, size } of needed) dims[own(axis)] = size ?? operation.dim(axis)
  const inputs = [
    source,
    bounds('start'),
    bounds('end'),
    graph.ints(needed.map(({ axis }) => own(axis))),
    graph.ints(needed.map(({ step }) => step)),
  ]
  const made = graph.op('Slice', inputs, {}, { type: source.type, dims })
  return tensorOf(first ? channelsLast(graph, made) : made)
}

function pickIndex(operation: Operation, x: Tensor, axis: number, index: Bound): Tensor {
  const { graph } = operation
  const size = x.dims[axis]
  if (typeof index === 'number' && typeof size === 'number' && (index >= size || index < -size)) {
    operation.fail(`index ${index} of an axis of ${size}`)
  }
  const scalar =
    typeof index === 'number' ? graph.ints([index], []) : graph.op('Squeeze', [index, graph.ints([0])])
  return tensorOf(graph.op('Gather', [x.value, scalar], { axis: { int: axis } }))
}

const stridedSlice: OperatorDefinition = {
  convert: operation => {
    const { slices, picks, added } = readSlicing(operation, operation.input(0))
    if (picks.length > 0 && slices.some(({ step }) => step !== 1)) {
      return operation.fail(
        'a step other than 1 beside a single index, of which TF.js takes the wrong elements',
      )
    }
    let y = sliceAxes(operation, operation.input(0), slices)
    for (const { axis, index } of picks.toReversed()) y = pickIndex(operation, y, axis, index)
    for (const axis of added) y = tensorOf(unsqueeze(operation.graph, y.value, axis))
    return y
  },
  fold: operation => {
    const x = operation.input(0)
    const bounds = [1, 2, 3].map(place => operation.input(place).elements)
    if (!x.elements || !isStatic(x.dims) || bounds.some(list => !list?.every(n => typeof n === 'number')))
      return undefined
    const { slices, picks, added } = readSlicing(operation, x)
    let current: { dims: readonly number[]; elements: readonly Element[] } = {
      dims: x.dims,
      elements: x.elements,
    }
    for (const { axis, start, end, step } of slices) {
      current = takeElements(
        current,
        axis,
        sliceIndices(current.dims[axis], start as number, end as number, step),
      )
    }
    for (const { axis, index } of picks.toReversed()) {
      const at = (index as number) < 0 ? (index as number) + current.dims[axis] : (index as number)
      if (at < 0 || at >= current.dims[axis])
        return operation.fail(`index ${index} of an axis of ${current.dims[axis]}`)
      const taken = takeElements(current, axis, [at])
      current = { dims: taken.dims.toSpliced(axis, 1), elements: taken.elements }
    }
    let { dims } = current
    for (const axis of added) dims = dims.toSpliced(axis, 0, 1)
    const known: Known = { dtype: x.dtype, dims, elements: current.elements }
    return known
  },
}

/** Takes `size` elements from `begin` on along each axis; −1 takes all that are left. */
const sliceOperator: OperatorDefinition = {
  convert: operation => {
    const { graph } = operation
    const [x, begin, size] = [operation.input(0), operation.input(1), operation.input(2)]
    const rank = x.dims.length
    const [from, sizes] = [begin.elements, size.elements]
    const known = from?.every(n => typeof n === 'number') && sizes?.every(n => typeof n === 'number')
    if (known && from.length === rank && sizes!.length === rank) {
      const slices = from.map((start, axis): AxisSlice => {
        const length = sizes![axis] as number
        const end = length === -1 ? END : start + length
        const dim = x.dims[axis]
        if (typeof dim === 'number' && (start < 0 || start > dim || (length !== -1 && end > dim))) {
          operation.fail(`${length} elements from ${start} of an axis of ${dim}`)
        }
        return { axis, start, end, step: 1, size: length === -1 ? sizeOfSlice(dim, start, end, 1) : length }
      })
      return sliceAxes(operation, x, slices)
    }
    const axes = graph.ints(Array.from({ length: rank }, (_, i) => i))
    const [start, length] = [asInt64(graph, begin), asInt64(graph, size)]
    const whole = graph.op('Equal', [length, graph.ints([-1])])
    const end = graph.op('Where', [whole, graph.ints([END]), graph.op('Add', [start, length])])
    const dims = x.dims.map((dim, axis): Dim => {
      const n = sizes?.[axis]
      if (n !== undefined && n !== -1) return n
      return n === -1 && from?.[axis] === 0 ? dim : operation.dim(axis)
    })
    return tensorOf(graph.op('Slice', [x.value, start, end, axes], {}, { type: x.value.type, dims }))
  },
  fold: operation => {
    const x = operation.input(0)
    const [from, sizes] = [operation.input(1).elements, operation.input(2).elements]
    if (!x.elements || !isStatic(x.dims)) return undefined
    if (!from?.every(n => typeof n === 'number') || !sizes?.every(n => typeof n === 'number'))
      return undefined
    let current: { dims: readonly number[]; elements: readonly Element[] } = {
      dims: x.dims,
      elements: x.elements,
    }
    for (const [axis, start] of from.entries()) {
      const end = sizes[axis] === -1 ? END : start + (sizes[axis] as number)
      current = takeElements(current, axis, sliceIndices(current.dims[axis], start, end, 1))
    }
    return { dtype: x.dtype, ...current }
  },
}

/** Axes in reverse order. */
function reversed(operation: Operation, x: Tensor, axes: readonly number[]): Tensor {
  const slices = axes.map(
    (axis): AxisSlice => ({ axis, start: END, end: -END, step: -1, size: x.dims[axis] }),
  )
  return sliceAxes(operation, x, slices)
}

/** Operators that cut out, reverse or split parts of a tensor, by name. */
export const sliceOperators: Operators = {
  StridedSlice: stridedSlice,
  Slice: sliceOperator,
  ReverseV2: {
    convert: operation => {
      const x = operation.input(0)
      const axes = operation.numbers(1, 'axes').map(axis => (axis < 0 ? axis + x.dims.length : axis))
      return reversed(operation, x, axes)
    },
  },
}
