import { broadcastDims } from '../../../models/onnx/broadcast.ts'
import type { DataType } from '../../../models/onnx/encode-model.ts'
import { fail, shapeText } from './conversion-error.ts'
import { IMAGE_RULES } from './image-shapes.ts'
import { type Attributes, type Inferred, type Inputs, int, ints, numbers, type Rule } from './shape-rule.ts'
import type { Dim } from './value.ts'

/**
 * Infers types and shapes of an operator's outputs, by its definition in the ONNX specification.
 *
 * @param outputs names of the results; a size known only at run time is named after its result
 * @throws ConversionError when shapes known here do not fit each other
 */
export function inferShapes(
  op: string,
  inputs: Inputs,
  attributes: Attributes,
  outputs: readonly string[],
): Inferred[] {
  const rule = RULES[op]
  if (!rule) return fail(`no shape rule for operator ${op}; state its output shape where the node is added`)
  return rule(inputs, attributes, outputs)
}

/** The shape to which two shapes broadcast, by NumPy's rule. */
export function broadcast(a: readonly Dim[], b: readonly Dim[]): Dim[] {
  try {
    return broadcastDims(a, b)
  } catch {
    return fail(`shapes ${shapeText(a)} and ${shapeText(b)} do not fit each other`)
  }
}

const same: Rule = ([x]) => [{ type: x!.type, dims: x!.dims }]
const elementwise: Rule = inputs => [
  { type: inputs[0]!.type, dims: inputs.map(x => x!.dims).reduce(broadcast) },
]
const comparison: Rule = (inputs, attributes, outputs) => [
  { ...elementwise(inputs, attributes, outputs)[0], type: 'bool' },
]

/** Reductions; `axes` are an attribute in old operator sets, else the second input. */
const reduce: Rule = ([x, axes], attributes) => {
  const list = (ints(attributes, 'axes') ?? numbers(axes) ?? [...x!.dims.keys()]).map(
    a => a + (a < 0 ? x!.dims.length : 0),
  )
  const keep = int(attributes, 'keepdims', 1) === 1
  const dims = x!.dims.flatMap((dim, i) => (list.includes(i) ? (keep ? [1] : []) : [dim]))
  return [{ type: x!.type, dims }]
}

/** Y, the last h and, for LSTM, the last c: [time, directions, batch, hidden], [directions, batch, hidden]. */
const recurrent: Rule = ([x, w], attributes, outputs) => {
  const [time, batch] = x!.dims
  const directions = w!.dims[0]
  const hidden = int(attributes, 'hidden_size', 0)
  const last: Inferred = { type: x!.type, dims: [directions, batch, hidden] }
  return outputs.map((_, i) => (i === 0 ? { type: x!.type, dims: [time, directions, batch, hidden] } : last))
}

const RULES: Record<string, Rule> = {
  ...Object.fromEntries(
    [
      'Relu',
      'LeakyRelu',
      'Elu',
      'Selu',
      'Sigmoid',
      'HardSigmoid',
      'Tanh',
      'Softmax',
      'LogSoftmax',
      'Softplus',
    ]
      .concat([
        'Softsign',
        'Erf',
        'Exp',
        'Log',
        'Sqrt',
        'Abs',
        'Neg',
        'Clip',
        'Identity',
        'Not',
        'CumSum',
        'Reciprocal',
        'Ceil',
        'Round',
        'Sign',
        'Sin',
        'Cos',
        'Tan',
        'Asin',
        'Acos',
        'Atan',
        'Sinh',
        'Cosh',
        'Asinh',
        'Acosh',
        'Atanh',
      ])
      .concat(['LayerNormalization', 'ThresholdedRelu', 'Floor'])
      .map(op => [op, same]),
  ),
  ...Object.fromEntries(
    ['Add', 'Sub', 'Mul', 'Div', 'Max', 'Min', 'Pow', 'PRelu', 'And', 'Or', 'Mod'].map(op => [
      op,
      elementwise,
    ]),
  ),
  ...Object.fromEntries(
    ['Equal', 'Greater', 'Less', 'GreaterOrEqual', 'LessOrEqual'].map(op => [op, comparison]),
  ),
  ...Object.fromEntries(
    ['ReduceSum', 'ReduceMean', 'ReduceMax', 'ReduceMin', 'ReduceProd', 'ReduceL2', 'ReduceSumSquare'].map(
      op => [op, reduce],
    ),
  ),
  ...IMAGE_RULES,
  ...Object.fromEntries(['RNN', 'GRU', 'LSTM'].map(op => [op, recurrent])),
  Where: ([condition, a, b]) => [
    { type: a!.type, dims: broadcast(condition!.dims, broadcast(a!.dims, b!.dims)) },
  ],
  Cast: ([x], attributes) => {
    const types: Record<number, DataType> = { 1: 'float', 6: 'int32', 7: 'int64', 9: 'bool' }
    return [{ type: types[int(attributes, 'to', 1)], dims: x!.dims }]
  },
  Gemm: ([a, b]) => [{ type: a!.type, dims: [a!.dims[0], b!.dims[1]] }],
  MatMul: ([a, b]) => {
    const batch = broadcast(a!.dims.slice(0, -2), b!.dims.slice(0, -2))
    return [{ type: a!.type, dims: [...batch, a!.dims.at(-2)!, b!.dims.at(-1)!] }]
  },
  Transpose: ([x], attributes) => [
    { type: x!.type, dims: ints(attributes, 'perm')!.map(axis => x!.dims[axis]) },
  ],
  Reshape: ([x, shape], _, [name]) => {
    const target = numbers(shape)!
    const known = x!.dims.every(d => typeof d === 'number')
    const size = known ? x!.dims.reduce((product: number, d) => product * (d as number), 1) : Number.NaN
    const fixed = target.map((d, i) => (d === 0 ? x!.dims[i] : d))
    const rest = fixed.reduce(
      (product: number, d) => (typeof d === 'number' && d !== -1 ? product * d : product),
      1,
    )
    const dims = fixed.map(
      (d, i): Dim =>
        d !== -1 ? d : known ? size / rest : (inferred(x!.dims, fixed, rest) ?? `${name}_${i}`),
    )
    return [{ type: x!.type, dims }]
  },
  Pad: ([x, pads], _, [name]) => {
    const list = numbers(pads)!
    const rank = x!.dims.length
    const dims = x!.dims.map((d, i) => {
      const extra = list[i] + list[i + rank]
      return extra === 0 ? d : typeof d === 'number' ? d + extra : `${name}_${i}`
    })
    return [{ type: x!.type, dims }]
  },
  Slice: ([x, starts, ends, axes, steps], _, [name]) => {
    const dims = [...x!.dims]
    for (const [i, axis] of numbers(axes)!.entries()) {
      const step = numbers(steps)?.[i] ?? 1
      dims[axis] = sliceSize(x!.dims[axis], numbers(starts)![i], numbers(ends)![i], step) ?? `${name}_${axis}`
    }
    return [{ type: x!.type, dims }]
  },
  Concat: (inputs, attributes, [name]) => {
    const axis = int(attributes, 'axis', 0)
    const dims = [...inputs[0]!.dims]
    const sizes = inputs.map(x => x!.dims[axis])
    dims[axis] = sizes.every(d => typeof d === 'number')
      ? sizes.reduce((a, b) => a + b, 0)
      : `${name}_${axis}`
    return [{ type: inputs[0]!.type, dims }]
  },
  Gather: ([x, indices], attributes) => {
    const axis = int(attributes, 'axis', 0)
    return [
      { type: x!.type, dims: [...x!.dims.slice(0, axis), ...indices!.dims, ...x!.dims.slice(axis + 1)] },
    ]
  },
  /** With batch_dims 1 and indices [batch, n, 1]: rows of each example. */
  GatherND: ([x, indices]) => [{ type: x!.type, dims: [...indices!.dims.slice(0, -1), ...x!.dims.slice(2)] }],
  Squeeze: ([x, axes]) => [{ type: x!.type, dims: x!.dims.filter((_, i) => !numbers(axes)!.includes(i)) }],
  Unsqueeze: ([x, axes]) => {
    const dims = [...x!.dims]
    for (const axis of numbers(axes)!.sort((a, b) => a - b)) dims.splice(axis, 0, 1)
    return [{ type: x!.type, dims }]
  },
  Tile: ([x, repeats]) => {
    const list = numbers(repeats)!
    return [{ type: x!.type, dims: x!.dims.map((d, i) => (list[i] === 1 ? d : (d as number) * list[i])) }]
  },
  Shape: ([x]) => [{ type: 'int64', dims: [x!.dims.length] }],
  TopK: ([x]) => [
    { type: x!.type, dims: x!.dims },
    { type: 'int64', dims: x!.dims },
  ],
}

/** The size of the axis written as −1, if the named sizes on both sides cancel out. */
function inferred(from: readonly Dim[], to: readonly Dim[], rest: number): number | undefined {
  const names = (dims: readonly Dim[]) =>
    dims
      .filter(d => typeof d === 'string')
      .sort()
      .join()
  if (names(from) !== names(to)) return undefined
  return from.reduce((product: number, d) => (typeof d === 'number' ? product * d : product), 1) / rest
}

function sliceSize(size: Dim, start: number, end: number, step: number): Dim | undefined {
  if (step === -1) return size
  if (typeof size === 'string') return start === 0 && end >= 2 ** 31 ? size : undefined
  const at = (i: number) => Math.min(size, Math.max(0, i < 0 ? i + size : i))
  return Math.max(0, Math.ceil((at(end) - at(start)) / step))
}
