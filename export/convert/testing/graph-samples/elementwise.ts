import fc from 'fast-check'
import { bool, int } from '../drawing.ts'
import { attr, dims, each, flags, float, type GraphSample, ints, type Operand } from './sample.ts'

type Samples = Record<string, fc.Arbitrary<GraphSample>>

/** Two shapes that fit each other: equal, of fewer axes, or with sizes of 1. */
const pair = fc
  .tuple(dims(0, 4), fc.array(bool, { minLength: 4, maxLength: 4 }), int(0, 2))
  .map(([sizes, ones, drop]) => {
    const other = sizes.map((size, i) => (ones[i] ? 1 : size)).slice(Math.min(drop, sizes.length))
    return [sizes, other] as const
  })

const T = (dtype: Operand['dtype']) => ({ T: attr.type(dtype) })

/** Floats or integers, one of them perhaps a constant, perhaps open. */
const numeric = (integers: boolean, range?: [number, number]) => () =>
  fc.tuple(pair, bool, bool, bool).map(([[a, b], swap, constant, whole]) => {
    const make = integers && whole ? ints : float
    const more =
      range && !(integers && whole)
        ? { range }
        : whole
          ? { range: range ?? ([1, 9] as [number, number]) }
          : {}
    const [x, y] = [make(a, { ...more, open: true }), make(b, { ...more, constant })]
    return { attr: T(whole && integers ? 'int32' : 'float32'), inputs: swap ? [y, x] : [x, y] }
  })

const binary: Samples = {
  ...each(['Add', 'AddV2', 'Sub', 'Mul', 'Maximum', 'Minimum', 'SquaredDifference'], numeric(true)),
  ...each(['Less', 'LessEqual', 'Greater', 'GreaterEqual', 'Equal', 'NotEqual'], numeric(true)),
  ...each(['RealDiv', 'Div', 'FloorDiv', 'FloorMod', 'Mod'], () =>
    fc.tuple(pair, bool, bool).map(([[a, b], whole, negative]) => {
      const make = whole ? ints : float
      const divisor = make(b, { range: negative ? [-5, -1] : [1, 5] })
      return { attr: T(whole ? 'int32' : 'float32'), inputs: [make(a, { range: [-9, 9] }), divisor] }
    }),
  ),
  ...each(['DivNoNan'], () => pair.map(([a, b]) => ({ attr: T('float32'), inputs: [float(a), float(b)] }))),
  ...each(['Pow'], () =>
    pair.map(([a, b]) => ({ attr: T('float32'), inputs: [float(a, { range: [0.1, 3] }), float(b)] })),
  ),
  ...each(['Atan2'], () => pair.map(([a, b]) => ({ attr: T('float32'), inputs: [float(a), float(b)] }))),
  ...each(['LogicalAnd', 'LogicalOr'], () =>
    pair.map(([a, b]) => ({ attr: {}, inputs: [flags(a), flags(b)] })),
  ),
  ...each(['AddN'], () =>
    fc.tuple(dims(1, 4), int(1, 4)).map(([sizes, count]) => ({
      attr: { T: attr.type('float32'), N: attr.i(count) },
      inputs: Array.from({ length: count }, () => float(sizes)),
    })),
  ),
  ...each(['Prelu'], () =>
    dims(2, 4).map(sizes => ({
      attr: T('float32'),
      inputs: [float(sizes), float([sizes.at(-1)!], { constant: true })],
    })),
  ),
}

const unary =
  (range?: [number, number], more: Record<string, unknown> = {}) =>
  () =>
    dims(0, 4).map(sizes => ({
      attr: { ...T('float32'), ...more },
      inputs: [float(sizes, { range, open: sizes.length > 0 })],
    }))

const unaryWithIntegers = () =>
  fc.tuple(dims(0, 4), bool).map(([sizes, whole]) => ({
    attr: T(whole ? 'int32' : 'float32'),
    inputs: [whole ? ints(sizes) : float(sizes)],
  }))

const single: Samples = {
  ...each(
    ['Relu', 'Relu6', 'Elu', 'Selu', 'Sigmoid', 'Tanh', 'Softplus', 'Exp', 'Expm1', 'Erf'],
    unary([-8, 8]),
  ),
  ...each(['Sin', 'Cos', 'Tan', 'Atan', 'Sinh', 'Cosh', 'Asinh', 'Floor', 'Ceil'], unary([-4, 4])),
  ...each(['Round'], unary([-4, 4])),
  ...each(['Sqrt', 'Rsqrt', 'Log', 'Log1p', 'Reciprocal'], unary([0.05, 9])),
  ...each(['Asin', 'Acos', 'Atanh'], unary([-0.95, 0.95])),
  ...each(['Acosh'], unary([1.05, 6])),
  ...each(['Abs', 'Neg', 'Square', 'Sign'], unaryWithIntegers),
  ...each(['LeakyRelu'], unary(undefined, { alpha: attr.f(0.3) })),
  ...each(['ZerosLike', 'OnesLike'], unaryWithIntegers),
  ...each(['LogicalNot'], () => dims(0, 3).map(sizes => ({ attr: {}, inputs: [flags(sizes)] }))),
  ...each(['Softmax', 'LogSoftmax'], () =>
    dims(1, 4).map(sizes => ({ attr: T('float32'), inputs: [float(sizes)] })),
  ),
  ...each(['ClipByValue'], () =>
    dims(1, 4).map(sizes => ({
      attr: T('float32'),
      inputs: [
        float(sizes),
        float([], { values: [-0.5], constant: true }),
        float([], { values: [0.7], constant: true }),
      ],
    })),
  ),
  ...each(['Cast'], () =>
    fc
      .tuple(
        dims(0, 3),
        fc.constantFrom('float32', 'int32', 'bool'),
        fc.constantFrom('float32', 'int32', 'bool'),
      )
      .map(([sizes, from, to]) => ({
        attr: { SrcT: attr.type(from as 'bool'), DstT: attr.type(to as 'bool') },
        inputs: [{ dims: sizes, dtype: from as 'bool', range: [-9, 9] as [number, number] }],
      })),
  ),
  ...each(['Identity', 'StopGradient', 'Snapshot'], unary()),
}

const choices: Samples = each(['Select', 'SelectV2'], () =>
  fc.tuple(dims(1, 4), bool).map(([sizes, whole]) => {
    const make = whole ? ints : float
    return { attr: T(whole ? 'int32' : 'float32'), inputs: [flags(sizes), make(sizes), make(sizes)] }
  }),
)

/** Samples of the operators that compute each element by itself. */
export const ELEMENTWISE: Samples = { ...binary, ...single, ...choices }
