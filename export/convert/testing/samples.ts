import fc from 'fast-check'
import { ACTIVATION_NAMES } from '../layers-model/layers/activation.ts'
import { INNER_NAMES } from '../layers-model/layers/recurrent.ts'
import {
  activation,
  bool,
  format,
  type InputSample,
  input,
  int,
  type LayerJson,
  one,
  padding,
  plain,
  type Sample,
  shapes,
  small,
  vector,
} from './drawing.ts'
import { conv, image, pair, pool1d, pool2d, pool3d } from './image-samples.ts'
import { bidirectional, embedding, recurrent, timeDistributed } from './sequence-samples.ts'
import { concatenate, dot, merge, normalization, permute, reshape } from './vector-samples.ts'

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
  Conv3DTranspose: plain('Conv3DTranspose', input(vector(int(1, 3), int(1, 3), int(1, 3), small)), {
    filters: small,
    kernelSize: int(2, 3),
    strides: int(1, 2),
    padding,
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

/** An input of these sizes, all of them given, with numbers of some size. */
const given = (scale: number, ...sizes: number[]): InputSample => ({
  sizes,
  shape: sizes,
  filling: { kind: 'normal', scale, shift: 0 },
})
const recurrence = (className: string) =>
  INNER_NAMES.map(name =>
    one(
      className,
      { units: 4, activation: name, recurrentActivation: name, returnSequences: true },
      given(1, 5, 3),
    ),
  )
const rnn: LayerJson = { className: 'SimpleRNN', config: { name: 'inner', units: 3 } }

/** Models tried besides the randomized ones, so that every option is tried. */
export const EXAMPLES: Readonly<Record<string, readonly Sample[]>> = {
  Activation: ACTIVATION_NAMES.map(name => one('Activation', { activation: name }, given(5, 4, 8))),
  SimpleRNN: recurrence('SimpleRNN'),
  GRU: recurrence('GRU'),
  LSTM: recurrence('LSTM'),
  Bidirectional: [one('Bidirectional', { layer: rnn, mergeMode: null }, given(1, 5, 3))],
}
