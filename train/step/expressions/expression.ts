import { broadcastDims, type Dim } from '../../../models/onnx/broadcast.ts'
import type { Attribute } from '../../../models/onnx/encode-model.ts'

export type { Dim }

/**
 * A symbolic tensor: one ONNX node's output (or a leaf), with the derivative of the node beside it. Expressions are
 * immutable and shared, so a value used twice is computed once.
 */
export interface Expression {
  /** The ONNX operator, or 'leaf' for an input, or 'constant'. */
  readonly op: string
  readonly inputs: readonly Expression[]
  readonly attributes: Readonly<Record<string, Attribute>>
  /** A string is a dimension known only when the graph runs. */
  readonly shape: readonly Dim[]
  /** A leaf's name in the graph. */
  readonly name?: string
  /** A constant's elements, row-major. */
  readonly data?: readonly number[]
  readonly type: 'float' | 'int64' | 'uint8' | 'bool'
  /** The expressions with respect to which the derivative is taken: `inputs`, unless a composite has others. */
  readonly parents: readonly Expression[]
  /**
   * Vector-Jacobian product: maps the gradient of a scalar with respect to this value to those with respect to its
   * parents, or null for a parent without gradient. Absent if the operator is not differentiable.
   */
  readonly pullback?: (gradient: Expression) => readonly (Expression | null)[]
}

/** An expression of one ONNX operator, for operators that have a file of their own. */
export function node(
  op: string,
  inputs: readonly Expression[],
  shape: readonly Dim[],
  rest: Partial<Expression>,
): Expression {
  return { op, inputs, shape, attributes: {}, type: 'float', parents: inputs, ...rest }
}

/** A value fed to the graph under `name`. */
export function leaf(name: string, shape: readonly Dim[], type: Expression['type'] = 'float'): Expression {
  return node('leaf', [], shape, { name, type })
}

/** A float32 constant: a scalar (shape []) from a number, or a vector from a list. */
export function constant(value: number | readonly number[]): Expression {
  return typeof value === 'number'
    ? node('constant', [], [], { data: [value] })
    : node('constant', [], [value.length], { data: value })
}

/** An int64 vector. */
export function integers(values: readonly number[]): Expression {
  return node('constant', [], [values.length], { data: values, type: 'int64' })
}

// Elementwise, two operands, NumPy broadcasting.

/** a + b. */
export function add(a: Expression, b: Expression): Expression {
  const y: Expression = node('Add', [a, b], broadcast(a, b), {
    pullback: g => [sumTo(spread(g, y, a), a), sumTo(spread(g, y, b), b)],
  })
  return y
}

/** a − b. */
export function sub(a: Expression, b: Expression): Expression {
  const y: Expression = node('Sub', [a, b], broadcast(a, b), {
    pullback: g => [sumTo(spread(g, y, a), a), sumTo(neg(spread(g, y, b)), b)],
  })
  return y
}

/** a · b. */
export function mul(a: Expression, b: Expression): Expression {
  return node('Mul', [a, b], broadcast(a, b), { pullback: g => [sumTo(mul(g, b), a), sumTo(mul(g, a), b)] })
}

/** a / b. */
export function div(a: Expression, b: Expression): Expression {
  const y: Expression = node('Div', [a, b], broadcast(a, b), {
    pullback: g => [sumTo(div(g, b), a), sumTo(neg(div(mul(g, y), b)), b)],
  })
  return y
}

// Elementwise, one operand.

/** −a. */
export function neg(a: Expression): Expression {
  return node('Neg', [a], a.shape, { pullback: g => [neg(g)] })
}

/** exp(a). */
export function exp(a: Expression): Expression {
  const y: Expression = node('Exp', [a], a.shape, { pullback: g => [mul(g, y)] })
  return y
}

/** ln a. */
export function log(a: Expression): Expression {
  return node('Log', [a], a.shape, { pullback: g => [div(g, a)] })
}

/** √a. */
export function sqrt(a: Expression): Expression {
  const y: Expression = node('Sqrt', [a], a.shape, { pullback: g => [div(mul(g, constant(0.5)), y)] })
  return y
}

/** a². */
export function square(a: Expression): Expression {
  return node('Mul', [a, a], a.shape, { parents: [a], pullback: g => [mul(g, mul(a, constant(2)))] })
}

/** |a|, with derivative 0 at 0. */
export function abs(a: Expression): Expression {
  return node('Abs', [a], a.shape, { pullback: g => [mul(g, sign(a))] })
}

function sign(a: Expression): Expression {
  return node('Sign', [a], a.shape, {})
}

/** max(a, 0), with derivative 0 at 0. */
export function relu(a: Expression): Expression {
  const y: Expression = node('Relu', [a], a.shape, { pullback: g => [wherePositive(y, g)] })
  return y
}

/** `value` where the condition is positive, else 0; broadcast. Sign would do, but WebGPU has no kernel for it. */
function wherePositive(condition: Expression, value: Expression): Expression {
  const positive = node('Greater', [condition, constant(0)], condition.shape, { type: 'bool' })
  return node('Where', [positive, value, constant(0)], broadcast(condition, value), {})
}

/** 1 / (1 + exp(−a)). */
export function sigmoid(a: Expression): Expression {
  const y: Expression = node('Sigmoid', [a], a.shape, {
    pullback: g => [mul(g, mul(y, sub(constant(1), y)))],
  })
  return y
}

/**
 * Binary cross-entropy of target x in [0, 1] under the Bernoulli with the given logits, elementwise (Eq. 13 before
 * its means): max(l, 0) − x·l + ln(1 + exp(−|l|)), which overflows for no l. Derivative sigmoid(l) − x with respect
 * to the logits, none with respect to x. In float32 the last term is 0 for |l| > 16.7, where it is less than 6e-8.
 */
export function bceWithLogits(logits: Expression, x: Expression): Expression {
  const tail = log(add(exp(neg(abs(logits))), constant(1)))
  const value = add(sub(relu(logits), mul(x, logits)), tail)
  return { ...value, parents: [logits], pullback: g => [mul(g, sub(sigmoid(logits), x))] }
}

// Linear algebra and shape.

/**
 * a·b + c for matrices a [m, k] and b [k, n], or their transposes as flagged, and an optional row c [n].
 */
export function gemm(
  a: Expression,
  b: Expression,
  options: { bias?: Expression; transA?: boolean; transB?: boolean } = {},
): Expression {
  const { bias, transA = false, transB = false } = options
  const m = a.shape[transA ? 1 : 0]
  const n = b.shape[transB ? 0 : 1]
  const flags: Record<string, Attribute> = {}
  if (transA) flags.transA = { int: 1 }
  if (transB) flags.transB = { int: 1 }
  const y: Expression = node('Gemm', bias ? [a, b, bias] : [a, b], [m, n], {
    attributes: flags,
    pullback: scalarOrFull => {
      const g = fill(scalarOrFull, y)
      return [
        transA ? gemm(b, g, { transA: transB, transB: true }) : gemm(g, b, { transB: !transB }),
        transB ? gemm(g, a, { transA: true, transB: transA }) : gemm(a, g, { transA: !transA }),
        ...(bias ? [sumTo(g, bias)] : []),
      ]
    },
  })
  return y
}

/** The sum over the given axes, all by default; they stay as size 1 where `keep`. */
export function sum(a: Expression, axes = a.shape.map((_, i) => i), keep = false): Expression {
  const ones = a.shape.map((d, i) => (axes.includes(i) ? 1 : d))
  const shape = keep ? ones : a.shape.filter((_, i) => !axes.includes(i))
  const y: Expression = node('ReduceSum', [a, integers(axes)], shape, {
    attributes: { keepdims: { int: keep ? 1 : 0 } },
    parents: [a],
    // The gradient is not spread over `a`'s shape: elementwise operators broadcast it, the others call `fill`.
    pullback: g => [shape.length === 0 || keep ? g : reshape(fill(g, y), ones)],
  })
  return y
}

/** The same elements in another shape; at most one dimension may be symbolic. */
export function reshape(a: Expression, shape: readonly Dim[]): Expression {
  if (shape.filter(d => typeof d === 'string').length > 1) {
    throw new RangeError(`reshape: expected at most one symbolic dimension, got [${shape.join(', ')}]`)
  }
  const target = integers(shape.map(d => (typeof d === 'string' ? -1 : d)))
  const y: Expression = node('Reshape', [a, target], shape, {
    parents: [a],
    pullback: g => [reshape(fill(g, y), a.shape)],
  })
  return y
}

/** The gradient of `y` in `y`'s full shape if `operand` was broadcast, so that `sumTo` counts every repetition. */
function spread(g: Expression, y: Expression, operand: Expression): Expression {
  return sameShape(operand, y) ? g : fill(g, y)
}

function sameShape(a: Expression, b: Expression): boolean {
  return a.shape.length === b.shape.length && a.shape.every((d, i) => d === b.shape[i])
}

/** A gradient that may still be a scalar or a row, spread over the shape of `like`. */
export function fill(g: Expression, like: Expression): Expression {
  if (sameShape(g, like)) return g
  const shape = node('Shape', [like], [like.shape.length], { type: 'int64' })
  return node('Expand', [g, shape], like.shape, {})
}

/** uint8 to float32. Not differentiable. */
export function toFloat(a: Expression): Expression {
  return node('Cast', [a], a.shape, { attributes: { to: { int: 1 } } })
}

function broadcast(a: Expression, b: Expression): Dim[] {
  return broadcastDims(a.shape, b.shape)
}

/** The gradient of a broadcast operand: `g` summed over the axes along which `operand` was repeated. */
function sumTo(g: Expression, operand: Expression): Expression {
  const lead = g.shape.length - operand.shape.length
  if (lead < 0) return g
  const repeated = g.shape.flatMap((d, i) =>
    i >= lead && operand.shape[i - lead] === 1 && d !== 1 ? [i] : [],
  )
  const leading = Array.from({ length: lead }, (_, i) => i)
  const kept = repeated.length > 0 ? sum(g, repeated, true) : g
  return lead > 0 ? sum(kept, leading) : kept
}
