import { z } from 'zod'
import type { Builder, Value } from '../graph.ts'
import { define, type LayerDefinition, option } from './layer.ts'

type Emit = (graph: Builder, x: Value) => Value

const unary =
  (op: string): Emit =>
  (graph, x) =>
    graph.op(op, [x])

const scalar = (graph: Builder, value: number) => graph.floats([], [value])

/** Softplus as TF.js computes it agrees with ONNX's ln(1 + eˣ). */
const mish: Emit = (graph, x) => graph.op('Mul', [x, graph.op('Tanh', [graph.op('Softplus', [x])])])

/** x·Φ(x) with Φ from erf, the exact form. */
const gelu: Emit = (graph, x) => {
  const erf = graph.op('Erf', [graph.op('Div', [x, scalar(graph, Math.SQRT2)])])
  const cdf = graph.op('Mul', [graph.op('Add', [erf, scalar(graph, 1)]), scalar(graph, 0.5)])
  return graph.op('Mul', [x, cdf])
}

/** By name as in a layer's `activation`, the operators it becomes. */
export const ACTIVATIONS = {
  linear: (_, x) => x,
  relu: unary('Relu'),
  relu6: (graph, x) => graph.op('Clip', [x, scalar(graph, 0), scalar(graph, 6)]),
  elu: unary('Elu'),
  selu: unary('Selu'),
  sigmoid: unary('Sigmoid'),
  hardSigmoid: (graph, x) => graph.op('HardSigmoid', [x], { alpha: { float: 0.2 }, beta: { float: 0.5 } }),
  tanh: unary('Tanh'),
  softmax: (graph, x) => graph.op('Softmax', [x], { axis: { int: -1 } }),
  logSoftmax: (graph, x) => graph.op('LogSoftmax', [x], { axis: { int: -1 } }),
  softplus: unary('Softplus'),
  softsign: unary('Softsign'),
  swish: (graph, x) => graph.op('Mul', [x, graph.op('Sigmoid', [x])]),
  gelu,
  mish,
} satisfies Record<string, Emit>

export type ActivationName = keyof typeof ACTIVATIONS

const NAMES = Object.keys(ACTIVATIONS) as ActivationName[]

/** A layer's `activation` field: a name, or nothing for linear. */
export const ActivationField = z.preprocess(
  value => value ?? 'linear',
  option(NAMES) as z.ZodType<ActivationName>,
)

/** Applies an activation to a value of any rank. */
export function activate(graph: Builder, name: ActivationName, x: Value): Value {
  const emit: Emit = ACTIVATIONS[name]
  return emit(graph, x)
}

export const activationLayers: Record<string, LayerDefinition> = {
  Activation: define(z.object({ activation: ActivationField }), ({ activation }, [x], { graph }) =>
    activate(graph, activation, x),
  ),
}
