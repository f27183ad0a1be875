import fc from 'fast-check'
import { INNER_NAMES } from '../layers-model/layers/recurrent.ts'
import {
  activation,
  bool,
  type InputSample,
  input,
  int,
  type LayerJson,
  one,
  padding,
  type Sample,
  shapes,
  small,
  vector,
} from './drawing.ts'

const recurrentConfig = (gated: boolean) => ({
  units: small,
  activation: fc.constantFrom(...INNER_NAMES),
  ...(gated ? { recurrentActivation: fc.constantFrom('hard_sigmoid', 'sigmoid') } : {}),
  useBias: bool,
  returnSequences: bool,
  goBackwards: bool,
})

/** [time, features], of a size that keeps a recurrence with unbounded activations from growing without end. */
const sequence = (open: 'none' | 'space'): fc.Arbitrary<InputSample> =>
  fc.tuple(input(vector(int(1, 6), small), open), fc.constantFrom(0.1, 1)).map(([x, scale]) => ({
    ...x,
    filling: { kind: 'normal', scale, shift: 0 },
  }))

/** A sequence, as it is or with a mask that leaves steps of zeros out; then also through a second recurrent layer. */
export function recurrent(className: string): fc.Arbitrary<Sample> {
  const gated = className !== 'SimpleRNN'
  const states = className === 'LSTM' ? 2 : 1
  const x = sequence('space')
  const config = fc.record(recurrentConfig(gated))
  const free = fc
    .tuple(config, bool, x)
    .map(([c, returnState, i]) => one(className, { ...c, returnState }, i))
  const started = fc.tuple(config, x).map(([c, i]) => {
    const state: InputSample = {
      shape: [c.units],
      sizes: [c.units],
      filling: { kind: 'normal', scale: 1, shift: 0 },
    }
    return one(className, c, i, ...Array<InputSample>(states).fill(state))
  })
  const masked = fc.tuple(config, x).map(
    ([c, i]): Sample => ({
      layers: [
        { className: 'Masking', config: { maskValue: 0 } },
        { className, config: c },
      ],
      inputs: [{ ...i, filling: { kind: 'gaps' } }],
    }),
  )
  return fc.oneof(free, started, masked)
}

/** Samples of Bidirectional around a recurrent layer. */
export function bidirectional(): fc.Arbitrary<Sample> {
  const cell = fc.constantFrom('SimpleRNN', 'GRU', 'LSTM')
  const mode = fc.constantFrom('concat', 'sum', 'mul', 'ave')
  const config = fc.record({ ...recurrentConfig(true), returnState: bool })
  return fc
    .tuple(cell, mode, config, sequence('none'), bool)
    .map(([className, mergeMode, c, x, masked]): Sample => {
      const { recurrentActivation, returnState, ...rest } = c
      const gated = className === 'SimpleRNN' ? rest : { ...rest, recurrentActivation }
      const inner = { ...gated, name: 'inner', returnState: returnState && !masked }
      const wrapper = {
        className: 'Bidirectional',
        config: { layer: { className, config: inner }, mergeMode },
      }
      if (!masked) return { layers: [wrapper], inputs: [x] }
      return {
        layers: [{ className: 'Masking', config: {} }, wrapper],
        inputs: [{ ...x, filling: { kind: 'gaps' } }],
      }
    })
}

/** Samples of TimeDistributed around another layer. */
export function timeDistributed(): fc.Arbitrary<Sample> {
  const dense = fc.record({ units: small, activation }).map(config => ({ className: 'Dense', config }))
  const flatten = fc.constant({ className: 'Flatten', config: {} })
  const conv2d = fc
    .record({ filters: small, kernelSize: int(1, 3), padding, activation })
    .map(config => ({ className: 'Conv2D', config }))
  const lstm = fc.record({ units: small }).map(config => ({ className: 'LSTM', config }))
  const wrap = (layer: fc.Arbitrary<LayerJson>, x: fc.Arbitrary<InputSample>) =>
    fc.tuple(layer, x, bool).map(([{ className, config }, i, open]) => {
      const hidden = { ...i, shape: open ? i.shape.with(0, null) : i.shape }
      return one('TimeDistributed', { layer: { className, config: { ...config, name: 'inner' } } }, hidden)
    })
  return fc.oneof(
    wrap(dense, input(vector(small, small))),
    wrap(flatten, input(vector(small, small, small))),
    wrap(conv2d, input(vector(int(1, 3), int(3, 6), int(3, 6), small))),
    wrap(lstm, input(vector(int(1, 3), int(1, 4), small))),
  )
}

/**
 * An Embedding layer with integers as inputs, some of them masked, and an LSTM behind it where the rank allows one.
 */
export const embedding = fc
  .tuple(int(2, 9), small, shapes(1, 2), bool)
  .map(([inputDim, outputDim, sizes, maskZero]): Sample => {
    const layers: LayerJson[] = [{ className: 'Embedding', config: { inputDim, outputDim, maskZero } }]
    if (sizes.length === 1) layers.push({ className: 'LSTM', config: { units: 3, returnSequences: true } })
    return { layers, inputs: [{ shape: sizes, sizes, filling: { kind: 'integers', below: inputDim } }] }
  })
