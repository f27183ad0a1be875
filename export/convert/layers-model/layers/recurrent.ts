import { z } from 'zod'
import type { Attribute } from '../../../../models/onnx/encode-model.ts'
import { concat, reverse, squeeze, transpose, unsqueeze } from '../../graph/operators.ts'
import type { Value } from '../../graph/value.ts'
import { type ActivationName, activationField, unlikeTfjs } from './activation.ts'
import {
  defineLayer,
  flag,
  type LayerDefinition,
  type LayerScope,
  mustBe,
  requireRank,
  requireSize,
} from './layer.ts'
import { compacted, expanded, type Recurred } from './masked.ts'

/** The differences between the three kinds of recurrent layers. Gates are blocks of columns of TF.js's kernels. */
interface Kind {
  op: 'RNN' | 'GRU' | 'LSTM'
  /** TF.js's gates in ONNX's order: ONNX has i, o, f, c where TF.js has i, f, c, o. */
  gates: readonly number[]
  /** Number of state tensors that are passed from step to step. */
  states: number
}

/** The recurrent layers, by class name. */
export const KINDS: Record<string, Kind> = {
  SimpleRNN: { op: 'RNN', gates: [0], states: 1 },
  GRU: { op: 'GRU', gates: [0, 1, 2], states: 1 },
  LSTM: { op: 'LSTM', gates: [0, 3, 1, 2], states: 2 },
}

const base = {
  units: z.int().min(1),
  activation: activationField('tanh'),
  useBias: flag(true),
  returnSequences: flag(false),
  returnState: flag(false),
  goBackwards: flag(false),
  stateful: flag(false),
  resetAfter: flag(false),
  timeMajor: mustBe(false, 'TF.js ignores it'),
  zeroOutputForMask: flag(false),
}
/** Options of a recurrent layer as model.json states them. */
export const RecurrentConfig = z.object({ ...base, recurrentActivation: activationField('hardSigmoid') })
export type RecurrentConfig = z.infer<typeof RecurrentConfig>

/** ONNX's names of activations inside a recurrent operator, with alpha and beta if needed. */
const INNER: Partial<Record<ActivationName, { name: string; alpha?: number; beta?: number }>> = {
  relu: { name: 'Relu' },
  tanh: { name: 'Tanh' },
  sigmoid: { name: 'Sigmoid' },
  hardSigmoid: { name: 'HardSigmoid', alpha: 0.2, beta: 0.5 },
  hardSigmoidSixth: { name: 'HardSigmoid', alpha: 1 / 6, beta: 0.5 },
  leakyRelu: { name: 'LeakyRelu', alpha: 0.2 },
  softsign: { name: 'Softsign' },
  softplus: { name: 'Softplus' },
  elu: { name: 'Elu', alpha: 1 },
  linear: { name: 'Affine', alpha: 1, beta: 0 },
}
/** Activations that ONNX's recurrent operators compute as TF.js does. */
export const INNER_NAMES = (Object.keys(INNER) as ActivationName[]).filter(name => !unlikeTfjs(name))

/** A recurrence over a sequence. */
export interface Recurrence {
  kind: Kind
  config: RecurrentConfig
  /** Whether it runs from the last step to the first. */
  backwards: boolean
  /** States before the first step, [batch, units] each; zeros when there are none. */
  initial: readonly Value[]
}

/**
 * Adds a recurrence over x [batch, time, features] to the graph. Steps that x's mask leaves out do not change the
 * state.
 */
export function recur(layer: LayerScope, x: Value, recurrence: Recurrence): Recurred {
  const { graph } = layer
  requireRank(layer, x, 3)
  const { kind, backwards, initial, config } = recurrence
  if (initial.length !== 0 && initial.length !== kind.states) {
    layer.fail(`expected ${kind.states} initial states, got ${initial.length}`)
  }
  if (x.mask && (initial.length > 0 || config.returnState)) {
    layer.fail('masked input together with initial or returned states is not supported')
  }
  if (x.mask && config.zeroOutputForMask) {
    layer.fail('zero_output_for_mask, which TF.js ignores, together with a mask is not supported')
  }
  if (config.resetAfter) layer.unlikeTfjs('TF.js cannot load reset_after')
  for (const name of [config.activation, config.recurrentActivation]) {
    const reason = unlikeTfjs(name)
    if (reason) layer.unlikeTfjs(reason)
  }
  const packed = x.mask ? compacted(graph, x, x.mask) : undefined
  const weights = packedWeights(layer, requireSize(layer, x, -1, 'feature axis'), recurrence)
  const inputs = [
    transpose(graph, packed?.values ?? x, [1, 0, 2]),
    ...weights,
    packed?.lengths ?? null,
    ...initial.map(state => unsqueeze(graph, state, 0)),
  ]
  while (inputs.at(-1) === null) inputs.pop()
  const [steps, ...states] = graph.ops(
    kind.op,
    inputs,
    kind.states + 1,
    operatorAttributes(layer, recurrence),
  )
  const sequence = transpose(graph, squeeze(graph, steps, 1), [1, 0, 2])
  if (packed) return expanded(graph, packed, sequence, backwards)
  const ends = states.map(state => squeeze(graph, state, 0))
  return { sequence, last: ends[0], states: ends }
}

function operatorAttributes(
  layer: LayerScope,
  { kind, config, backwards }: Recurrence,
): Record<string, Attribute> {
  const { activation, recurrentActivation } = config
  const gates: ActivationName[] = kind.op === 'LSTM' ? [activation, activation] : [activation]
  const names: ActivationName[] = kind.op === 'RNN' ? gates : [recurrentActivation, ...gates]
  const inner = names.map(
    name =>
      INNER[name] ??
      layer.fail(`ONNX has no ${name} inside a recurrent operator (it has ${INNER_NAMES.join(', ')})`),
  )
  const attributes: Record<string, Attribute> = {
    hidden_size: { int: config.units },
    direction: { string: backwards ? 'reverse' : 'forward' },
    activations: { strings: inner.map(({ name }) => name) },
  }
  if (kind.op === 'GRU' && config.resetAfter) attributes.linear_before_reset = { int: 1 }
  // Only activations that have an alpha contribute a number, in the order of the activations.
  const alphas = inner.flatMap(({ alpha }) => alpha ?? [])
  const betas = inner.flatMap(({ beta }) => beta ?? [])
  if (alphas.length > 0) attributes.activation_alpha = { floats: alphas }
  if (betas.length > 0) attributes.activation_beta = { floats: betas }
  return attributes
}

/** W [1, gates·units, features], R [1, gates·units, units] and, where there is a bias, B [1, 2·gates·units]. */
function packedWeights(layer: LayerScope, features: number, { kind, config }: Recurrence): (Value | null)[] {
  const { units, useBias } = config
  const { gates } = kind
  const rows = gates.length * units
  const pack = (name: string, inputs: number) => {
    const kernel = layer.numbers(name, [inputs, rows])
    const packed = new Float32Array(rows * inputs)
    for (let row = 0; row < rows; row++) {
      const column = gates[Math.floor(row / units)] * units + (row % units)
      for (let i = 0; i < inputs; i++) packed[row * inputs + i] = kernel[i * rows + column]
    }
    return layer.store(name, [1, rows, inputs], packed, 1)
  }
  const kernels = [pack('kernel', features), pack('recurrent_kernel', units)]
  if (!useBias) return [...kernels, null]
  const separate = kind.op === 'GRU' && config.resetAfter
  const bias = separate ? layer.numbers('bias', [2, rows]) : layer.numbers('bias', [rows])
  const packed = Float32Array.from({ length: 2 * rows }, (_, row) => {
    const from = gates[Math.floor((row % rows) / units)] * units + (row % units)
    return row < rows ? bias[from] : separate ? bias[rows + from] : 0
  })
  return [...kernels, layer.store('bias', [1, 2 * rows], packed)]
}

const STATE_NAMES = ['h', 'c']

/** The initial states of a stateful layer as inputs of the graph; undefined if they are zeros at each run. */
function keptStates(layer: LayerScope, x: Value, { states }: Kind, units: number): Value[] | undefined {
  if (layer.stateMode === 'reset') return undefined
  if (layer.stateMode === undefined) {
    layer.fail(
      'is stateful: choose --state io, which makes its states inputs and outputs of the file, or --state reset, ' +
        'which starts each run from zeros',
    )
  }
  return STATE_NAMES.slice(0, states).map(name => layer.stateInput(name, [x.dims[0], units]))
}

function recurrent(className: string): LayerDefinition {
  const kind = KINDS[className]
  return defineLayer(
    RecurrentConfig,
    (config, [x, ...initial], layer) => {
      const kept =
        config.stateful && initial.length === 0 ? keptStates(layer, x, kind, config.units) : undefined
      const recurrence = { kind, config, backwards: config.goBackwards, initial: kept ?? initial }
      const { sequence, last, states } = recur(layer, x, recurrence)
      if (kept)
        for (const [i, name] of STATE_NAMES.entries()) if (states[i]) layer.stateOutput(name, states[i])
      const inOrder = config.goBackwards ? reverse(layer.graph, sequence, 1) : sequence
      const output = config.returnSequences ? { ...inOrder, mask: x.mask } : last
      return config.returnState ? [output, ...states] : output
    },
    {
      masks: 'handle',
      readsMask: true,
      inputs: { least: 1, most: 1 + kind.states },
      note: `activations: ${INNER_NAMES.join(', ')}; stateful with --state${className === 'GRU' ? '; reset_after, which TF.js cannot load, by Keras’ definition' : ''}`,
    },
  )
}

/** The recurrent layers’ definitions, by class name. */
export const recurrentLayers: Record<string, LayerDefinition> = Object.fromEntries(
  Object.keys(KINDS).map(className => [className, recurrent(className)]),
)

/** Merges the outputs of two recurrences over the same sequence. */
export function joined(layer: LayerScope, mode: string, a: Value, b: Value): Value {
  const { graph } = layer
  if (mode === 'concat') return concat(graph, [a, b], a.dims.length - 1)
  if (mode === 'mul') return graph.op('Mul', [a, b])
  const sum = graph.op('Add', [a, b])
  return mode === 'ave' ? graph.op('Mul', [sum, graph.floats([], [0.5])]) : sum
}
