import { scalar } from '../../../graph/operators.ts'
import type { Value } from '../../../graph/value.ts'
import type { Element } from '../../topology/tensor.ts'
import {
  broadcasted,
  foldElementwise,
  type OperatorDefinition,
  type Operators,
  promoted,
} from '../operation.ts'
import { binary, type EmitBinary } from './elementwise.ts'

const plain =
  (op: string): EmitBinary =>
  (graph, a, b) =>
    graph.op(op, [a, b])

const isFloat = (value: Value) => value.type === 'float'

/** ⌊a / b⌋. For integers it is exact: computed from the remainder with the sign of the divisor. */
const floorDivide: EmitBinary = (graph, a, b) => {
  if (isFloat(a)) return graph.op('Floor', [graph.op('Div', [a, b])])
  return graph.op('Div', [graph.op('Sub', [a, graph.op('Mod', [a, b])]), b])
}

/** a / b; for integers ⌊a / b⌋, as in TF.js. */
const divide: EmitBinary = (graph, a, b) => (isFloat(a) ? graph.op('Div', [a, b]) : floorDivide(graph, a, b))

/** The remainder with the sign of the divisor. */
const floorModulo: EmitBinary = (graph, a, b) => {
  if (!isFloat(a)) return graph.op('Mod', [a, b])
  const fmod = (x: Value) => graph.op('Mod', [x, b], { fmod: { int: 1 } })
  const remainder = fmod(a)
  const sameSign = graph.op('Equal', [
    graph.op('Less', [a, scalar(graph, 0)]),
    graph.op('Less', [b, scalar(graph, 0)]),
  ])
  return graph.op('Where', [sameSign, remainder, fmod(graph.op('Add', [remainder, b]))])
}

const squaredDifference: EmitBinary = (graph, a, b) => {
  const difference = graph.op('Sub', [a, b])
  return graph.op('Mul', [difference, difference])
}

/** a / b, or 0 if b is 0. */
const divideNoNan: EmitBinary = (graph, a, b) => {
  const zero = graph.op('Equal', [b, scalar(graph, 0)])
  return graph.op('Where', [zero, scalar(graph, 0), graph.op('Div', [a, b])])
}

/** The angle of (x, y) = (b, a), from the arc tangent of their ratio and the quadrant. */
const atan2: EmitBinary = (graph, a, b) => {
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
/** Known elements are divided to ⌊a / b⌋ only if they are integers. */
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

const notEqual: EmitBinary = (graph, a, b) => graph.op('Not', [graph.op('Equal', [a, b])])

/** Arithmetic, comparisons and logic of two operands, and sums of several. */
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
}
