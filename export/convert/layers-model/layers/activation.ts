import { z } from 'zod'
import type { Builder } from '../../graph/builder.ts'
import { elementwise } from '../../graph/layout.ts'
import { cast, scalar } from '../../graph/operators.ts'
import type { Value } from '../../graph/value.ts'
import { defineLayer, type LayerDefinition, mustBe, option } from './layer.ts'

type Emit = (graph: Builder, x: Value) => Value

const unary =
  (op: string): Emit =>
  (graph, x) =>
    graph.op(op, [x])

const alongLast =
  (op: string): Emit =>
  (graph, x) =>
    graph.op(op, [x], { axis: { int: -1 } })

const mish: Emit = (graph, x) => graph.op('Mul', [x, graph.op('Tanh', [graph.op('Softplus', [x])])])

/** x·Φ(x) with Φ from erf, the exact form. */
const gelu: Emit = (graph, x) => {
  const erf = graph.op('Erf', [graph.op('Div', [x, scalar(graph, Math.SQRT2)])])
  const cdf = graph.op('Mul', [graph.op('Add', [erf, scalar(graph, 1)]), scalar(graph, 0.5)])
  return graph.op('Mul', [x, cdf])
}

/** The operators of each activation, by its name in a layer's `activation`. */
export const ACTIVATIONS = {
  linear: (_, x) => x,
  relu: unary('Relu'),
  relu6: (graph, x) => graph.op('Clip', [x, scalar(graph, 0), scalar(graph, 6)]),
  elu: unary('Elu'),
  selu: unary('Selu'),
  sigmoid: unary('Sigmoid'),
  hardSigmoid: (graph, x) => graph.op('HardSigmoid', [x], { alpha: { float: 0.2 }, beta: { float: 0.5 } }),
  tanh: unary('Tanh'),
  softmax: alongLast('Softmax'),
  logSoftmax: alongLast('LogSoftmax'),
  softplus: unary('Softplus'),
  softsign: unary('Softsign'),
  swish: (graph, x) => graph.op('Mul', [x, graph.op('Sigmoid', [x])]),
  gelu,
  mish,
} satisfies Record<string, Emit>

const hardSigmoidSixth: Emit = (graph, x) =>
  graph.op('HardSigmoid', [x], { alpha: { float: 1 / 6 }, beta: { float: 0.5 } })

/** Those of Keras 3 that TF.js does not have, or has with another definition. */
const KERAS_3_ACTIVATIONS = {
  /** Keras 3's hard_sigmoid, relu6(x + 3) / 6; that of Keras 2 and TF.js has a slope of 0.2. */
  hardSigmoidSixth,
  hardSilu: (graph, x) => graph.op('Mul', [x, hardSigmoidSixth(graph, x)]),
  leakyRelu: (graph, x) => graph.op('LeakyRelu', [x], { alpha: { float: 0.2 } }),
  exponential: unary('Exp'),
  logSigmoid: (graph, x) => graph.op('Neg', [graph.op('Softplus', [graph.op('Neg', [x])])]),
} satisfies Record<string, Emit>

const ALL_ACTIVATIONS = { ...ACTIVATIONS, ...KERAS_3_ACTIVATIONS }

/** The name of an activation. */
export type ActivationName = keyof typeof ALL_ACTIVATIONS

/** The names of those that TF.js has. */
export const ACTIVATION_NAMES = Object.keys(ACTIVATIONS) as (keyof typeof ACTIVATIONS)[]

/** Why TF.js does not compute an activation as Keras does; undefined for those that it has. */
export function unlikeTfjs(name: string): string | undefined {
  return Object.hasOwn(KERAS_3_ACTIVATIONS, name) ? `TF.js has no ${name}` : undefined
}

/** Other names of activations in Keras 3. */
const OTHER_NAMES: Readonly<Record<string, string>> = { silu: 'swish', hard_swish: 'hardSilu' }

/** Schema of a layer's `activation`: a name, or `otherwise` if there is none. */
export const activationField = (otherwise: ActivationName = 'linear') =>
  option(Object.keys(ALL_ACTIVATIONS) as ActivationName[], otherwise, OTHER_NAMES)

/** Applies an activation to a value of any rank, channels in the last axis. */
export function activate(graph: Builder, name: ActivationName, x: Value): Value {
  const emit: Emit = ALL_ACTIVATIONS[name]
  if (name === 'linear' || name === 'softmax' || name === 'logSoftmax') return emit(graph, x)
  return elementwise(graph, [x], y => emit(graph, y))
}

/** `alpha` in Keras 2, `negative_slope` in Keras 3. */
const LeakyConfig = z.object({ alpha: z.number().nullish(), negativeSlope: z.number().nullish() })
const ReluConfig = z.object({
  maxValue: z.number().nullish(),
  negativeSlope: mustBe(0, 'TF.js ignores it'),
  threshold: mustBe(0, 'TF.js ignores it'),
})
const SoftmaxConfig = z.object({ axis: z.union([z.int(), z.array(z.int()).length(1)]).nullish() })
const PreluConfig = z.object({ sharedAxes: z.union([z.int().min(1), z.array(z.int().min(1))]).nullish() })

/** Layers that apply an activation function, by class name. */
export const activationLayers: Record<string, LayerDefinition> = {
  Activation: defineLayer(
    z.object({ activation: activationField() }),
    ({ activation }, [x], { graph }) => activate(graph, activation, x),
    { masks: 'pass', note: `activation: ${ACTIVATION_NAMES.join(', ')}` },
  ),
  ReLU: defineLayer(
    ReluConfig,
    ({ maxValue }, [x], { graph }) =>
      elementwise(graph, [x], y =>
        maxValue == null
          ? graph.op('Relu', [y])
          : graph.op('Clip', [y, scalar(graph, 0), scalar(graph, maxValue)]),
      ),
    { masks: 'pass', note: 'negative_slope and threshold, which TF.js ignores, must be 0' },
  ),
  LeakyReLU: defineLayer(LeakyConfig, ({ alpha, negativeSlope }, [x], { graph }) =>
    elementwise(graph, [x], y =>
      graph.op('LeakyRelu', [y], { alpha: { float: negativeSlope ?? alpha ?? 0.3 } }),
    ),
  ),
  ELU: defineLayer(
    z.object({ alpha: mustBe(1, 'TF.js knows no other') }),
    (_, [x], { graph }) => activate(graph, 'elu', x),
    { note: 'alpha must be 1, the only one TF.js knows' },
  ),
  ThresholdedReLU: defineLayer(z.object({ theta: z.number().nullish() }), ({ theta }, [x], { graph }) =>
    elementwise(graph, [x], y => {
      const above = graph.op('Greater', [y, scalar(graph, theta ?? 1)])
      return graph.op('Mul', [y, cast(graph, above, 'float')])
    }),
  ),
  Softmax: defineLayer(
    SoftmaxConfig,
    ({ axis }, [x], layer) => {
      const chosen = [axis ?? 1].flat()[0]
      const last = x.dims.length - 1
      if (chosen !== -1 && chosen !== last)
        layer.fail(`expected axis -1 or ${last}, got ${chosen}: TF.js has no other`)
      return activate(layer.graph, 'softmax', x)
    },
    { masks: 'reject', readsMask: true, note: 'along the last axis, the only one TF.js has' },
  ),
  PReLU: defineLayer(
    PreluConfig,
    ({ sharedAxes }, [x], layer) => {
      const shared = [sharedAxes ?? []].flat()
      const dims = x.dims.slice(1).map((dim, i) => {
        if (shared.includes(i + 1)) return 1
        return typeof dim === 'number' ? dim : layer.fail(`the size of axis ${i + 1} is not known`)
      })
      return layer.graph.op('PRelu', [x, layer.weight('alpha', dims)])
    },
    { masks: 'pass' },
  ),
}
