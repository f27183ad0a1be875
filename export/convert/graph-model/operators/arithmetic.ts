import type { Builder } from '../../graph/builder.ts'
import { cast, scalar } from '../../graph/operators.ts'
import type { Value } from '../../graph/value.ts'
import type { DType } from '../topology/attributes.ts'
import { type Element, tensorOf } from '../topology/tensor.ts'
import {
  broadcasted,
  elementwiseCast,
  foldElementwise,
  type OperatorDefinition,
  type Operators,
  promoted,
  unaryOp,
} from './operation.ts'

/** One emission for both element types, or one for each. */
type Emit = (graph: Builder, a: Value, b: Value) => Value

interface BinaryOptions {
  /** The result's element type; default that of the operands. */
  result?: DType
  /** The element of two known ones, where not both are numbers. */
  symbolic?: (a: Element, b: Element) => Element
}

/** Two operands of one element type, broadcast. */
function binary(
  emit: Emit,
  compute: (a: number, b: number) => number,
  { result, symbolic }: BinaryOptions = {},
): OperatorDefinition {
  return {
    convert: ({ graph, input }) => {
      const [a, b] = promoted(graph, [input(0), input(1)])
      return broadcasted(graph, [a, b], (x, y) => emit(graph, x, y))
    },
    fold: ({ graph, input }) => {
      const [a, b] = [input(0), input(1)]
      if (!a.elements || !b.elements) return undefined
      const [{ dtype }] = promoted(graph, [a, b])
      return foldElementwise(
        [a, b],
        result ?? dtype,
        (x, y) => rounded(compute(x, y), result ?? dtype, dtype),
        symbolic,
      )
    },
  }
}

/** As the element type holds it; undefined where it does not. */
function rounded(value: number, dtype: DType, operands: DType): number | undefined {
  if (!Number.isFinite(value)) return undefined
  if (dtype === 'float32' && operands === 'float32') return Math.fround(value)
  return Number.isInteger(value) ? value : undefined
}

const plain =
  (op: string): Emit =>
  (graph, a, b) =>
    graph.op(op, [a, b])

const isFloat = (value: Value) => value.type === 'float'

/** ⌊a / b⌋; of integers exactly, by way of the remainder that has the divisor's sign. */
const floorDivide: Emit = (graph, a, b) => {
  if (isFloat(a)) return graph.op('Floor', [graph.op('Div', [a, b])])
  return graph.op('Div', [graph.op('Sub', [a, graph.op('Mod', [a, b])]), b])
}

/** Of integers TF.js's division is ⌊a / b⌋ too. */
const divide: Emit = (graph, a, b) => (isFloat(a) ? graph.op('Div', [a, b]) : floorDivide(graph, a, b))

/** The remainder with the divisor's sign. */
const floorModulo: Emit = (graph, a, b) => {
  if (!isFloat(a)) return graph.op('Mod', [a, b])
  const fmod = (x: Value) => graph.op('Mod', [x, b], { fmod: { int: 1 } })
  const remainder = fmod(a)
  const sameSign = graph.op('Equal', [
    graph.op('Less', [a, scalar(graph, 0)]),
    graph.op('Less', [b, scalar(graph, 0)]),
  ])
  return graph.op('Where', [sameSign, remainder, fmod(graph.op('Add', [remainder, b]))])
}

const squaredDifference: Emit = (graph, a, b) => {
  const difference = graph.op('Sub', [a, b])
  return graph.op('Mul', [difference, difference])
}

/** a / b, and 0 where b is 0. */
const divideNoNan: Emit = (graph, a, b) => {
  const zero = graph.op('Equal', [b, scalar(graph, 0)])
  return graph.op('Where', [zero, scalar(graph, 0), graph.op('Div', [a, b])])
}

/** The angle of (x, y) = (b, a), from the arc tangent of their ratio and the quadrant. */
const atan2: Emit = (graph, a, b) => {
  const [zero, pi] = [scalar(graph, 0), scalar(graph, Math.PI)]
  const angle = graph.op('Atan', [graph.op('Div', [a, b])])
  const below = graph.op('Less', [a, zero])
  const left = graph.op('Where', [below, graph.op('Sub', [angle, pi]), graph.op('Add', [angle, pi])])
  const turned = graph.op('Where', [graph.op('Less', [b, zero]), left, angle])
  const bothZero = graph.op('And', [graph.op('Equal', [a, zero]), graph.op('Equal', [b, zero])])
  return graph.op('Where', [bothZero, zero, turned])
}

const sum: OperatorDefinition = {
  convert: ({ graph, inputs }) =>
    promoted(graph, inputs).reduce((a, b) => broadcasted(graph, [a, b], (x, y) => graph.op('Add', [x, y]))),
}

const times = (a: Element, b: Element): Element => (a === 1 ? b : b === 1 ? a : undefined)
const plus = (a: Element, b: Element): Element => (a === 0 ? b : b === 0 ? a : undefined)
const add = binary(plain('Add'), (a, b) => a + b, { symbolic: plus })
const overOne = (a: Element, b: Element): Element => (b === 1 ? a : undefined)
const divided = binary(divide, (a, b) => a / b, { symbolic: overOne })
/** Integers divide to ⌊a / b⌋, floats do not: only integers are folded. */
const realDivide: OperatorDefinition = {
  ...divided,
  fold: operation => {
    const integers = operation.inputs.every(({ dtype }) => dtype === 'int32')
    return integers ? floorDivision.fold!(operation) : divided.fold!(operation)
  },
}
const floorDivision = binary(floorDivide, (a, b) => Math.floor(a / b), { symbolic: overOne })

const compare = (op: string, test: (a: number, b: number) => boolean) =>
  binary(plain(op), (a, b) => (test(a, b) ? 1 : 0), { result: 'bool' })

const notEqual: Emit = (graph, a, b) => graph.op('Not', [graph.op('Equal', [a, b])])

/** Emitted on floats; integers are computed as floats and cast back where `keep` says so. */
function unary(
  emit: (graph: Builder, x: Value) => Value,
  compute?: (x: number) => number,
  keepsIntegers = false,
): OperatorDefinition {
  return {
    convert: ({ graph, input }) => {
      const x = input(0)
      const direct = x.dtype === 'float32' || keepsIntegers
      const operand = direct ? x : tensorOf(elementwiseCast(graph, x, 'float32'))
      return broadcasted(graph, [operand], value => emit(graph, value))
    },
    fold: ({ input }) => {
      const x = input(0)
      if (!compute || !x.elements) return undefined
      const dtype = keepsIntegers ? x.dtype : 'float32'
      return foldElementwise([x], dtype, value => rounded(compute(value), dtype, dtype))
    },
  }
}

const direct = (op: string) => (graph: Builder, x: Value) => graph.op(op, [x])
const squared = (graph: Builder, x: Value) => graph.op('Mul', [x, x])

/** A tensor of one number in the shape of another. */
function filledLike(number: number): OperatorDefinition {
  return {
    convert: ({ graph, input }) => {
      const x = input(0)
      const shape = graph.op('Shape', [x.value])
      const one = castScalar(graph, number, x.dtype)
      return tensorOf(graph.op('Expand', [one, shape], {}, { type: x.value.type, dims: x.dims }))
    },
    fold: ({ input }) => {
      const { dims, dtype } = input(0)
      if (dims.some(dim => typeof dim !== 'number')) return undefined
      const size = (dims as number[]).reduce((a, b) => a * b, 1)
      if (size > 1024) return undefined
      return { dtype, dims: dims as number[], elements: Array<number>(size).fill(number) }
    },
  }
}

function castScalar(graph: Builder, number: number, dtype: DType): Value {
  const value = scalar(graph, number)
  return dtype === 'float32' ? value : cast(graph, value, dtype === 'bool' ? 'bool' : 'int32')
}

const castOperator: OperatorDefinition = {
  convert: ({ graph, input, attributes }) =>
    tensorOf(elementwiseCast(graph, input(0), attributes.dtype('DstT'))),
  fold: ({ input, attributes }) => {
    const x = input(0)
    const dtype = attributes.dtype('DstT')
    if (!x.elements || dtype === 'string') return undefined
    const convert = (value: number) => {
      if (dtype === 'bool') return value !== 0 ? 1 : 0
      return dtype === 'int32' ? Math.trunc(value) : Math.fround(value)
    }
    // A size keeps its name: it is a whole number in each type.
    return foldElementwise([x], dtype, convert, element => (dtype === 'bool' ? undefined : element))
  },
}

/** Condition, then, else; with broadcasting. */
const select: OperatorDefinition = {
  convert: ({ graph, input }) => {
    const [a, b] = promoted(graph, [input(1), input(2)])
    const condition = input(0)
    const isBool = a.dtype === 'bool'
    const [x, y] = isBool ? [a, b].map(t => tensorOf(cast(graph, t.value, 'int32'))) : [a, b]
    const chosen = broadcasted(graph, [condition, x, y], (c, yes, no) => graph.op('Where', [c, yes, no]))
    return isBool ? tensorOf(cast(graph, chosen.value, 'bool')) : chosen
  },
  fold: ({ input }) => {
    const [condition, a, b] = [input(0), input(1), input(2)]
    return foldElementwise(
      [condition, a, b],
      a.dtype,
      (c, yes, no) => (c ? yes : no),
      (c, yes, no) => (typeof c === 'number' ? (c ? yes : no) : undefined),
    )
  },
}

export const arithmeticOperators: Operators = {
  Add: add,
  AddV2: add,
  AddN: sum,
  Sub: binary(plain('Sub'), (a, b) => a - b, { symbolic: (a, b) => (b === 0 ? a : undefined) }),
  Mul: binary(plain('Mul'), (a, b) => a * b, { symbolic: times }),
  RealDiv: realDivide,
  Div: realDivide,
  DivNoNan: binary(divideNoNan, (a, b) => (b === 0 ? 0 : a / b)),
  FloorDiv: floorDivision,
  FloorMod: binary(floorModulo, (a, b) => a - b * Math.floor(a / b)),
  Mod: binary(floorModulo, (a, b) => a - b * Math.floor(a / b)),
  Maximum: binary(plain('Max'), Math.max),
  Minimum: binary(plain('Min'), Math.min),
  Pow: binary(plain('Pow'), (a, b) => a ** b),
  SquaredDifference: binary(squaredDifference, (a, b) => (a - b) ** 2),
  Atan2: binary(atan2, Math.atan2),
  Less: compare('Less', (a, b) => a < b),
  LessEqual: compare('LessOrEqual', (a, b) => a <= b),
  Greater: compare('Greater', (a, b) => a > b),
  GreaterEqual: compare('GreaterOrEqual', (a, b) => a >= b),
  Equal: compare('Equal', (a, b) => a === b),
  NotEqual: binary(notEqual, (a, b) => (a !== b ? 1 : 0), { result: 'bool' }),
  LogicalAnd: compare('And', (a, b) => !!a && !!b),
  LogicalOr: compare('Or', (a, b) => !!a || !!b),
  LogicalNot: {
    convert: ({ graph, input }) => broadcasted(graph, [input(0)], x => graph.op('Not', [x])),
    fold: ({ input }) => foldElementwise([input(0)], 'bool', x => (x ? 0 : 1)),
  },
  Select: select,
  SelectV2: select,
  Abs: unary(direct('Abs'), Math.abs, true),
  Neg: unary(direct('Neg'), x => -x, true),
  Sign: unary(direct('Sign'), Math.sign, true),
  Square: unary(squared, x => x * x, true),
  Sqrt: unary(direct('Sqrt')),
  Rsqrt: unary((graph, x) => graph.op('Reciprocal', [graph.op('Sqrt', [x])])),
  Reciprocal: unary(direct('Reciprocal')),
  Floor: unary(direct('Floor'), Math.floor),
  Ceil: unary(direct('Ceil'), Math.ceil),
  Round: unary(direct('Round')),
  Exp: unaryOp('Exp'),
  Expm1: unary((graph, x) => graph.op('Sub', [graph.op('Exp', [x]), scalar(graph, 1)])),
  Log: unaryOp('Log'),
  Log1p: unary((graph, x) => graph.op('Log', [graph.op('Add', [x, scalar(graph, 1)])])),
  Sin: unaryOp('Sin'),
  Cos: unaryOp('Cos'),
  Tan: unaryOp('Tan'),
  Asin: unaryOp('Asin'),
  Acos: unaryOp('Acos'),
  Atan: unaryOp('Atan'),
  Sinh: unaryOp('Sinh'),
  Cosh: unaryOp('Cosh'),
  Asinh: unaryOp('Asinh'),
  Acosh: unaryOp('Acosh'),
  Atanh: unaryOp('Atanh'),
  Erf: unaryOp('Erf'),
  ZerosLike: filledLike(0),
  OnesLike: filledLike(1),
  Cast: castOperator,
}
