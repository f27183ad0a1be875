import type { Builder } from '../../../graph/builder.ts'
import { scalar } from '../../../graph/operators.ts'
import type { Value } from '../../../graph/value.ts'
import { type Operators, unaryOp } from '../operation.ts'
import { unary } from './elementwise.ts'

const direct = (op: string) => (graph: Builder, x: Value) => graph.op(op, [x])
const squared = (graph: Builder, x: Value) => graph.op('Mul', [x, x])

/** Functions of one number. */
export const functionOperators: Operators = {
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
}
