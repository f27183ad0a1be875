import { z } from 'zod'

/**
 * Options of Keras 2 and 3 that do not affect predictions, for every layer. Initializers, regularizers and constraints
 * are recognised by the end of their names.
 */
const WITHOUT_EFFECT = new Set([
  'name',
  'trainable',
  'dtype',
  'autocast',
  'batchInputShape',
  'batchShape',
  'inputShape',
  'inputDtype',
  'inputDim',
  'inputSpec',
  'seed',
  'buildConfig',
  'supportsMasking',
])
const TRAINING_ONLY = /(Initializer|Regularizer|Constraint)$|^init$/

/** Options of single classes that do not affect predictions. */
const WITHOUT_EFFECT_IN: Readonly<Record<string, readonly string[]>> = {
  BatchNormalization: [
    'momentum',
    'fused',
    'synchronized',
    'renorm',
    'renormClipping',
    'renormMomentum',
    'virtualBatchSize',
  ],
  LayerNormalization: [],
  Dropout: ['rate', 'noiseShape'],
  SpatialDropout1D: ['rate', 'noiseShape'],
  GaussianDropout: ['rate'],
  GaussianNoise: ['stddev'],
  AlphaDropout: ['rate', 'noiseShape'],
  Embedding: ['inputLength', 'inputDim', 'outputDim'],
  DepthwiseConv2D: ['filters'],
}
const RECURRENT = [
  'unroll',
  'implementation',
  'dropout',
  'recurrentDropout',
  'unitForgetBias',
  'useCudnn',
  'inputLength',
]
const RECURRENT_CLASSES = ['SimpleRNN', 'GRU', 'LSTM']

/**
 * The options of a layer's configuration that its conversion does not read and must not ignore.
 *
 * @param schema the options that the conversion reads
 */
export function unknownOptions(
  className: string,
  schema: z.ZodType,
  config: Readonly<Record<string, unknown>>,
): string[] {
  if (!(schema instanceof z.ZodObject)) return []
  const ignored = [
    ...(WITHOUT_EFFECT_IN[className] ?? []),
    ...(RECURRENT_CLASSES.includes(className) ? RECURRENT : []),
  ]
  return Object.entries(config)
    .filter(([key, value]) => value != null && value !== false && !Object.hasOwn(schema.shape, key))
    .map(([key]) => key)
    .filter(key => !WITHOUT_EFFECT.has(key) && !TRAINING_ONLY.test(key) && !ignored.includes(key))
}
