import fc from 'fast-check'
import { ACTIVATION_NAMES } from '../layers/activation.ts'
import { INNER_NAMES } from '../layers/recurrent.ts'

/** A layer as a topology has it. */
export interface LayerJson {
  className: string
  config: Record<string, unknown>
}

/** What an input is filled with: normals times `scale` plus `shift`, integers from 0, or normals with steps of zeros. */
export type Filling =
  | { kind: 'normal'; scale: number; shift: number }
  | { kind: 'integers'; below: number }
  | { kind: 'gaps' }

/** One input: its shape in the model without the batch, where null is open, and the sizes it is tried with. */
export interface InputSample {
  shape: (number | null)[]
  sizes: number[]
  filling: Filling
}

/** A small model to convert: a chain of layers, of which the first takes all inputs. */
export interface Sample {
  layers: LayerJson[]
  inputs: InputSample[]
}

const int = (min: number, max: number) => fc.integer({ min, max })
const bool = fc.boolean()
const small = int(1, 5)
const activation = fc.constantFrom(...ACTIVATION_NAMES)
const padding = fc.constantFrom('valid', 'same')
const format = fc.constantFrom('channels_last', 'channels_first')
const filling: fc.Arbitrary<Filling> = fc.record({
  kind: fc.constant('normal' as const),
  scale: fc.constantFrom(0.1, 1, 10),
  shift: fc.constantFrom(0, 0, 3),
})

/** An input of these sizes, some of which may be left open in the model. */
function input(
  sizes: fc.Arbitrary<number[]>,
  open: 'none' | 'any' | 'space' = 'none',
): fc.Arbitrary<InputSample> {
  return fc.record({ sizes, filling, hide: open === 'none' ? fc.constant(false) : bool }).map(
    ({ sizes: s, filling: f, hide }): InputSample => ({
      sizes: s,
      shape: s.map((size, axis) => (hide && (open === 'any' || axis < s.length - 1) ? null : size)),
      filling: f,
    }),
  )
}

const vector = (...sizes: fc.Arbitrary<number>[]) => fc.tuple(...sizes) as unknown as fc.Arbitrary<number[]>
const shapes = (least: number, most: number) => fc.array(small, { minLength: least, maxLength: most })
const one = (className: string, config: Record<string, unknown>, ...inputs: InputSample[]): Sample => ({
  layers: [{ className, config }],
  inputs,
})

/** A layer with one input; `config` is drawn field by field. */
function plain(
  className: string,
  sizes: fc.Arbitrary<InputSample>,
  config: Record<string, fc.Arbitrary<unknown>> = {},
): fc.Arbitrary<Sample> {
  return fc.tuple(fc.record(config), sizes).map(([c, x]) => one(className, c, x))
}

/** [height, width, channels], in the order the drawn data_format says. */
function image(
  className: string,
  config: Record<string, fc.Arbitrary<unknown>>,
  least = 1,
  open: 'none' | 'space' = 'space',
): fc.Arbitrary<Sample> {
  const sizes = vector(int(least, 9), int(least, 9), small)
  return fc.tuple(fc.record({ dataFormat: format, ...config }), input(sizes, open)).map(([c, x]) => {
    if (c.dataFormat === 'channels_last') return one(className, c, x)
    const turn = <T>([h, w, channels]: T[]) => [channels, h, w]
    return one(className, c, { ...x, sizes: turn(x.sizes), shape: turn(x.shape) })
  })
}

const pair = (min: number, max: number) => fc.oneof(int(min, max), vector(int(min, max), int(min, max)))

/** TF.js takes a stride or a dilation other than 1, not both. */
const stridesOrDilation = (rank: number) =>
  fc.oneof(
    fc.record({ strides: fc.array(int(1, 3), { minLength: rank, maxLength: rank }) }),
    fc.record({ dilationRate: fc.array(int(1, 2), { minLength: rank, maxLength: rank }) }),
  )

function conv(
  className: string,
  rank: number,
  config: Record<string, fc.Arbitrary<unknown>>,
): fc.Arbitrary<Sample> {
  const kernelSize = fc.array(int(rank < 3 ? 1 : 3, 3), { minLength: rank, maxLength: rank })
  const sizes = vector(...Array.from({ length: rank }, () => int(5, 9)), small)
  const common = { kernelSize, padding, activation, useBias: bool, ...config }
  return fc
    .tuple(fc.record(common), stridesOrDilation(rank), input(sizes))
    .map(([c, steps, x]) => one(className, { ...c, ...steps }, x))
}

/** With padding "same" a window smaller than its stride needs a known size, so open sizes are drawn apart. */
const pool1d = (className: string) =>
  fc.oneof(
    plain(className, input(vector(int(4, 9), small)), { poolSize: int(1, 4), strides: int(1, 3), padding }),
    plain(className, input(vector(int(4, 9), small), 'space'), {
      poolSize: int(3, 4),
      strides: int(1, 3),
      padding,
    }),
  )
const pool2d = (className: string) =>
  fc.oneof(
    image(className, { poolSize: pair(1, 3), strides: fc.option(pair(1, 3)), padding }, 4, 'none'),
    image(className, { poolSize: pair(2, 3), strides: fc.option(pair(1, 2)), padding }, 4),
  )
/** Likewise in 3 dimensions, even with a known size. */
const pool3d = (className: string) =>
  plain(className, input(vector(int(3, 5), int(3, 5), int(3, 5), small)), {
    poolSize: int(2, 3),
    strides: int(1, 2),
    padding,
  })

/** Inputs that fit each other, now and then with sizes of 1 or fewer axes. */
function merge(className: string): fc.Arbitrary<Sample> {
  return fc
    .tuple(
      shapes(1, 3),
      fc.array(fc.array(bool, { minLength: 3, maxLength: 3 }), { minLength: 2, maxLength: 4 }),
      filling,
    )
    .map(([sizes, ones, f]) => {
      const inputs = ones.map((flags, i): InputSample => {
        const s = sizes.map((size, axis) => (i > 0 && flags[axis] ? 1 : size))
        return { shape: s, sizes: s, filling: f }
      })
      return one(className, {}, ...inputs)
    })
}

function concatenate(): fc.Arbitrary<Sample> {
  return fc
    .tuple(shapes(1, 3), fc.array(small, { minLength: 2, maxLength: 4 }), int(0, 3), filling)
    .map(([sizes, along, chosen, f]) => {
      const axis = chosen % sizes.length
      const inputs = along.map((size): InputSample => {
        const s = sizes.with(axis, size)
        return { shape: s, sizes: s, filling: f }
      })
      return one('Concatenate', { axis: axis === sizes.length - 1 ? -1 : axis + 1 }, ...inputs)
    })
}

function dot(): fc.Arbitrary<Sample> {
  return fc
    .record({
      ranks: vector(int(1, 2), int(1, 2)),
      axes: vector(int(0, 1), int(0, 1)),
      k: small,
      m: small,
      n: small,
    })
    .chain(({ ranks, axes, k, m, n }) =>
      fc.record({ normalize: bool, filling }).map(({ normalize, filling: f }) => {
        const places = ranks.map((rank, i) => (rank === 1 ? 0 : axes[i]))
        const inputs = ranks.map((rank, i): InputSample => {
          const s = rank === 1 ? [k] : places[i] === 0 ? [k, i ? n : m] : [i ? n : m, k]
          return { shape: s, sizes: s, filling: f }
        })
        return one('Dot', { axes: places.map(place => place + 1), normalize }, ...inputs)
      }),
    )
}

function reshape(): fc.Arbitrary<Sample> {
  return fc.tuple(shapes(2, 3), int(0, 3), filling).map(([sizes, open, f]) => {
    const target =
      open < sizes.length ? sizes.toReversed().with(open, -1) : [sizes[0] * sizes[1], ...sizes.slice(2)]
    return one('Reshape', { targetShape: target }, { shape: sizes, sizes, filling: f })
  })
}

function permute(): fc.Arbitrary<Sample> {
  return shapes(1, 4).chain(sizes =>
    fc
      .tuple(
        fc.shuffledSubarray(
          sizes.map((_, i) => i + 1),
          { minLength: sizes.length },
        ),
        input(fc.constant(sizes), 'any'),
      )
      .map(([dims, x]) => one('Permute', { dims }, x)),
  )
}

function normalization(
  className: string,
  config: Record<string, fc.Arbitrary<unknown>>,
  several: boolean,
): fc.Arbitrary<Sample> {
  return shapes(1, 3).chain(sizes => {
    const axis = fc.oneof(fc.constant(-1), int(1, sizes.length))
    const axes = fc.uniqueArray(int(1, sizes.length), { minLength: 1, maxLength: 2 })
    const last = fc.constantFrom(-1, sizes.length)
    const common = { axis: several ? fc.oneof(axis, axes) : last, epsilon: fc.constantFrom(1e-3, 1e-5) }
    const x = fc.record({
      kind: fc.constant('normal' as const),
      scale: fc.constantFrom(1, 10),
      shift: fc.constantFrom(0, 3),
    })
    return fc
      .tuple(fc.record({ ...common, ...config }), x)
      .map(([c, f]) => one(className, c, { shape: sizes, sizes, filling: f }))
  })
}

const recurrentConfig = (gated: boolean) => ({
  units: small,
  activation: fc.constantFrom(...INNER_NAMES),
  ...(gated ? { recurrentActivation: fc.constantFrom('hard_sigmoid', 'sigmoid', 'tanh') } : {}),
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
function recurrent(className: string): fc.Arbitrary<Sample> {
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

function bidirectional(): fc.Arbitrary<Sample> {
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

function timeDistributed(): fc.Arbitrary<Sample> {
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

const embedding = fc
  .tuple(int(2, 9), small, shapes(1, 2), bool)
  .map(([inputDim, outputDim, sizes, maskZero]): Sample => {
    const layers: LayerJson[] = [{ className: 'Embedding', config: { inputDim, outputDim, maskZero } }]
    if (sizes.length === 1) layers.push({ className: 'LSTM', config: { units: 3, returnSequences: true } })
    return { layers, inputs: [{ shape: sizes, sizes, filling: { kind: 'integers', below: inputDim } }] }
  })

const any = input(shapes(1, 4), 'any')
const rate = { rate: fc.constantFrom(0, 0.2, 0.5) }
const amounts = fc.oneof(
  int(0, 2),
  vector(int(0, 2), int(0, 2)),
  fc.array(vector(int(0, 2), int(0, 2)), { minLength: 2, maxLength: 2 }),
)

/** Randomized models for each class of layers in the table. */
export const SAMPLES: Readonly<Record<string, fc.Arbitrary<Sample>>> = {
  Dense: plain('Dense', input(shapes(1, 3)), { units: small, activation, useBias: bool }),
  Conv1D: fc.oneof(
    conv('Conv1D', 1, { filters: small }),
    plain('Conv1D', input(vector(int(4, 9), small), 'space'), {
      filters: small,
      kernelSize: int(2, 3),
      strides: int(1, 2),
      padding,
    }),
  ),
  Conv2D: fc.oneof(
    conv('Conv2D', 2, { filters: small }),
    image('Conv2D', { filters: small, kernelSize: pair(1, 3), padding, activation }, 3),
  ),
  Conv3D: conv('Conv3D', 3, { filters: small }),
  DepthwiseConv2D: image(
    'DepthwiseConv2D',
    {
      kernelSize: pair(1, 3),
      strides: int(1, 2),
      depthMultiplier: int(1, 3),
      padding,
      activation,
      useBias: bool,
    },
    3,
  ),
  SeparableConv2D: conv('SeparableConv2D', 2, { filters: small, depthMultiplier: int(1, 3) }),
  Conv2DTranspose: image('Conv2DTranspose', {
    filters: small,
    kernelSize: pair(1, 4),
    strides: pair(1, 3),
    padding,
    activation,
    useBias: bool,
  }),
  MaxPooling1D: pool1d('MaxPooling1D'),
  MaxPooling2D: pool2d('MaxPooling2D'),
  MaxPooling3D: pool3d('MaxPooling3D'),
  AveragePooling1D: pool1d('AveragePooling1D'),
  AveragePooling2D: pool2d('AveragePooling2D'),
  AveragePooling3D: pool3d('AveragePooling3D'),
  GlobalMaxPooling1D: plain('GlobalMaxPooling1D', input(vector(small, small), 'space')),
  GlobalMaxPooling2D: image('GlobalMaxPooling2D', {}, 1, 'none'),
  GlobalAveragePooling1D: plain('GlobalAveragePooling1D', input(vector(small, small), 'space')),
  GlobalAveragePooling2D: image('GlobalAveragePooling2D', {}, 1, 'none'),
  Flatten: plain('Flatten', input(shapes(2, 4)), { dataFormat: format }),
  Reshape: reshape(),
  Permute: permute(),
  RepeatVector: plain('RepeatVector', input(vector(small)), { n: small }),
  UpSampling2D: image('UpSampling2D', {
    size: vector(int(1, 3), int(1, 3)),
    interpolation: fc.constantFrom('nearest', 'bilinear'),
  }),
  ZeroPadding2D: image('ZeroPadding2D', { padding: amounts }),
  Cropping2D: image('Cropping2D', { cropping: amounts }, 5),
  Add: merge('Add'),
  Multiply: merge('Multiply'),
  Average: merge('Average'),
  Maximum: merge('Maximum'),
  Minimum: merge('Minimum'),
  Concatenate: concatenate(),
  Dot: dot(),
  BatchNormalization: normalization('BatchNormalization', { center: bool, scale: bool }, false),
  LayerNormalization: normalization('LayerNormalization', { center: bool, scale: bool }, true),
  Dropout: plain('Dropout', any, rate),
  SpatialDropout1D: plain('SpatialDropout1D', input(vector(small, small)), rate),
  GaussianNoise: plain('GaussianNoise', any, { stddev: fc.constantFrom(0.1, 1) }),
  GaussianDropout: plain('GaussianDropout', any, rate),
  AlphaDropout: plain('AlphaDropout', any, rate),
  Rescaling: plain('Rescaling', any, { scale: fc.constantFrom(1 / 255, 2), offset: fc.constantFrom(0, -1) }),
  Activation: plain('Activation', input(shapes(1, 4), 'any'), { activation }),
  ReLU: plain('ReLU', any, { maxValue: fc.option(fc.constantFrom(1, 6)) }),
  LeakyReLU: plain('LeakyReLU', any, { alpha: fc.constantFrom(0, 0.1, 0.3) }),
  ELU: plain('ELU', any),
  ThresholdedReLU: plain('ThresholdedReLU', any, { theta: fc.constantFrom(0, 0.5, 1) }),
  Softmax: plain('Softmax', input(shapes(1, 3)), { axis: fc.constant(-1) }),
  PReLU: fc.oneof(
    plain('PReLU', input(shapes(1, 3))),
    plain('PReLU', input(shapes(2, 3)), { sharedAxes: fc.constantFrom([1], [1, 2], [2]) }),
  ),
  Embedding: embedding,
  Masking: plain(
    'Masking',
    input(vector(int(1, 6), small)).map(x => ({ ...x, filling: { kind: 'gaps' } })),
    {
      maskValue: fc.constantFrom(0, 0.5),
    },
  ),
  SimpleRNN: recurrent('SimpleRNN'),
  GRU: recurrent('GRU'),
  LSTM: recurrent('LSTM'),
  TimeDistributed: timeDistributed(),
  Bidirectional: bidirectional(),
}
