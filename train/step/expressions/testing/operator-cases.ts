import { conv2d } from '../convolution.ts'
import { crossEntropy } from '../cross-entropy.ts'
import * as e from '../expression.ts'

type Expression = e.Expression

/** An operator as a graph of ours, and as plain float64 arithmetic on row-major arrays. */
export interface Case {
  /** Shapes of the operands. */
  shapes: number[][]
  build(...operands: Expression[]): Expression
  /** The sum, weighted by `weight(i)` for output element i, of the operator's value. */
  value(operands: Float64Array[], weight: (i: number) => number): number
  /** Operands are made positive, for log and sqrt. */
  positive?: boolean
  /** Operands that have a derivative; all by default. */
  differentiable?: number[]
}

/** Elementwise operator of [3, 4] operands. */
function elementwise(
  build: Case['build'],
  f: (...values: number[]) => number,
  shapes = [[3, 4]],
  rest: Partial<Case> = {},
): Case {
  const full = shapes
    .reduce((a, b) => (a.length >= b.length ? a : b))
    .map((_, i, { length }) => Math.max(...shapes.map(shape => shape[i - length + shape.length] ?? 1)))
  return {
    shapes,
    build,
    value: (operands, weight) =>
      sumOver(full, index => {
        const values = operands.map((data, k) => data[broadcastIndex(index, shapes[k])])
        return weight(flat(index, full)) * f(...values)
      }),
    ...rest,
  }
}

function sumOver(shape: number[], f: (index: number[]) => number): number {
  if (shape.length === 0) return f([])
  let total = 0
  for (let i = 0; i < shape[0]; i++) total += sumOver(shape.slice(1), rest => f([i, ...rest]))
  return total
}

function flat(index: number[], shape: number[]): number {
  return index.reduce((sum, i, k) => sum * shape[k] + i, 0)
}

function broadcastIndex(index: number[], shape: number[]): number {
  const own = index.slice(index.length - shape.length)
  return flat(
    own.map((i, k) => (shape[k] === 1 ? 0 : i)),
    shape,
  )
}

function product(transA: boolean, transB: boolean, bias: boolean): Case {
  const [m, k, n] = [3, 4, 2]
  return {
    shapes: [transA ? [k, m] : [m, k], transB ? [n, k] : [k, n], ...(bias ? [[n]] : [])],
    build: (a, b, c) => e.gemm(a, b, { transA, transB, bias: c }),
    value: ([a, b, c], weight) =>
      sumOver([m, n], ([i, j]) => {
        const dot = sumOver(
          [k],
          ([l]) => a[transA ? l * m + i : i * k + l] * b[transB ? j * k + l : l * n + j],
        )
        return weight(i * n + j) * (dot + (c ? c[j] : 0))
      }),
  }
}

/** A convolution of [2, 3, 5, 6] with four 3×2 kernels, by its definition. */
function convolution(stride: number, padding: number, bias = false): Case {
  const [batch, channels, height, width, filters, rows, columns] = [2, 3, 5, 6, 4, 3, 2]
  const out = [height - rows, width - columns].map(span => Math.floor((span + 2 * padding) / stride) + 1)
  return {
    shapes: [
      [batch, channels, height, width],
      [filters, channels, rows, columns],
      ...(bias ? [[filters]] : []),
    ],
    build: (x, kernel, c) => conv2d(x, kernel, { stride, padding, bias: c }),
    value: ([x, kernel, c], weight) =>
      sumOver([batch, filters, ...out], ([n, m, p, q]) => {
        const window = sumOver([channels, rows, columns], ([k, i, j]) => {
          const [row, column] = [stride * p + i - padding, stride * q + j - padding]
          if (row < 0 || row >= height || column < 0 || column >= width) return 0
          return (
            x[flat([n, k, row, column], [batch, channels, height, width])] *
            kernel[flat([m, k, i, j], [filters, channels, rows, columns])]
          )
        })
        return weight(flat([n, m, p, q], [batch, filters, ...out])) * (window + (c ? c[m] : 0))
      }),
  }
}

const pair = [
  [3, 4],
  [3, 4],
]
const BROADCASTS = {
  rows: [[3, 4], [4]],
  columns: [
    [3, 1],
    [3, 4],
  ],
  deeper: [
    [3, 4],
    [2, 3, 4],
  ],
  outer: [
    [3, 1],
    [1, 4],
  ],
  scalar: [[], [3, 4]],
}
const BINARY: [string, Case['build'], (a: number, b: number) => number][] = [
  ['add', e.add, (a, b) => a + b],
  ['sub', e.sub, (a, b) => a - b],
  ['mul', e.mul, (a, b) => a * b],
  ['div', e.div, (a, b) => a / b],
]

/** The operators with a derivative, by name and variant. */
export const OPERATOR_CASES: Record<string, Case> = {
  neg: elementwise(e.neg, a => -a),
  exp: elementwise(e.exp, Math.exp),
  log: elementwise(e.log, Math.log, undefined, { positive: true }),
  sqrt: elementwise(e.sqrt, Math.sqrt, undefined, { positive: true }),
  square: elementwise(e.square, a => a * a),
  abs: elementwise(e.abs, Math.abs),
  relu: elementwise(e.relu, a => Math.max(a, 0)),
  'a value used thrice': elementwise(
    a => e.mul(e.exp(a), e.add(a, e.square(a))),
    a => Math.exp(a) * (a + a * a),
  ),
  sigmoid: elementwise(e.sigmoid, a => 1 / (1 + Math.exp(-a))),
  bceWithLogits: elementwise(
    e.bceWithLogits,
    (l, x) => -x * Math.log(1 / (1 + Math.exp(-l))) - (1 - x) * Math.log(1 - 1 / (1 + Math.exp(-l))),
    pair,
    { differentiable: [0] },
  ),
  gemm: product(false, false, false),
  'gemm, bias': product(false, false, true),
  'gemm, transA': product(true, false, true),
  'gemm, transB': product(false, true, true),
  'gemm, transA and transB': product(true, true, true),
  'sum, all': { shapes: [[3, 4]], build: a => e.sum(a), value: ([a], w) => w(0) * a.reduce((x, y) => x + y) },
  'sum, rows': {
    shapes: [[3, 4]],
    build: a => e.sum(a, [1]),
    value: ([a], w) => sumOver([3, 4], ([i, j]) => w(i) * a[i * 4 + j]),
  },
  'sum, columns kept': {
    shapes: [[3, 4]],
    build: a => e.sum(a, [0], true),
    value: ([a], w) => sumOver([3, 4], ([i, j]) => w(j) * a[i * 4 + j]),
  },
  'conv2d, stride 1': convolution(1, 0),
  'conv2d, padding and bias': convolution(1, 1, true),
  'conv2d, stride 2 with rows and columns that no window reaches': convolution(2, 1, true),
  'conv2d, stride 3': convolution(3, 0),
  // Rows of y must sum to 1: the softmax of what is drawn.
  crossEntropy: {
    shapes: pair,
    differentiable: [0],
    build: (logits, b) => crossEntropy(logits, e.div(e.exp(b), e.sum(e.exp(b), [1], true))),
    value: ([logits, b], w) => {
      const normalizer = (a: Float64Array, i: number) => sumOver([4], ([j]) => Math.exp(a[i * 4 + j]))
      return sumOver([3, 4], ([i, j]) => {
        const y = Math.exp(b[i * 4 + j]) / normalizer(b, i)
        return -w(i) * y * (logits[i * 4 + j] - Math.log(normalizer(logits, i)))
      })
    },
  },
  reshape: {
    shapes: [[3, 4]],
    build: a => e.reshape(a, [2, 6]),
    value: ([a], w) => a.reduce((sum, x, i) => sum + w(i) * x, 0),
  },
}
for (const [name, build, f] of BINARY) {
  const positive = name === 'div'
  OPERATOR_CASES[name] = elementwise(build, f, pair, { positive })
  for (const [how, shapes] of Object.entries(BROADCASTS)) {
    OPERATOR_CASES[`${name}, ${how}`] = elementwise(build, f, shapes, { positive })
    OPERATOR_CASES[`${name}, ${how} second`] = elementwise(build, f, shapes.toReversed(), { positive })
  }
}
