import * as tf from '@tensorflow/tfjs'
import { randomize } from './models.ts'

const apply = (layer: tf.layers.Layer, ...inputs: tf.SymbolicTensor[]) =>
  layer.apply(inputs.length === 1 ? inputs[0] : inputs) as tf.SymbolicTensor
const dense = (name: string, units: number, activation: 'relu' | 'linear' | 'sigmoid') =>
  tf.layers.dense({ name, units, activation })

/** The encoder of a VAE with two layers: x [n, D_x] → mu, logvar [n, D_z]. */
export function vaeEncoder(inputDim = 784, hidden = 393, latentDim = 2): tf.LayersModel {
  const x = tf.input({ shape: [inputDim], name: 'x' })
  const trunk = apply(dense('encoder_1', hidden, 'relu'), x)
  const heads = ['mu', 'logvar'].map(name => apply(dense(name, latentDim, 'linear'), trunk))
  return scaled(tf.model({ inputs: x, outputs: heads, name: 'encoder' }), 1)
}

/** Its decoder: z [n, D_z] → xhat [n, D_x]. */
export function vaeDecoder(inputDim = 784, hidden = 393, latentDim = 2): tf.LayersModel {
  const z = tf.input({ shape: [latentDim], name: 'z' })
  const h = apply(dense('decoder_1', hidden, 'relu'), z)
  return scaled(
    tf.model({ inputs: z, outputs: apply(dense('decoder_2', inputDim, 'sigmoid'), h), name: 'decoder' }),
    2,
  )
}

/** Seeded weights of about the size that training leaves. */
function scaled(model: tf.LayersModel, seed: number): tf.LayersModel {
  randomize(model, seed)
  for (const weight of model.weights)
    weight.write(tf.mul(weight.read(), 2 / Math.sqrt(weight.shape[0] as number)))
  return model
}

function convolution(
  x: tf.SymbolicTensor,
  name: string,
  filters: number,
  strides: number,
): tf.SymbolicTensor {
  const kernel = { filters, kernelSize: 3, strides, padding: 'same', useBias: false } as const
  const y = apply(tf.layers.conv2d({ ...kernel, name: `${name}_conv` }), x)
  return apply(tf.layers.batchNormalization({ name: `${name}_bn` }), y)
}

function residual(x: tf.SymbolicTensor, name: string, filters: number, strides: number): tf.SymbolicTensor {
  const first = apply(
    tf.layers.reLU({ name: `${name}_relu1` }),
    convolution(x, `${name}_1`, filters, strides),
  )
  const second = convolution(first, `${name}_2`, filters, 1)
  const same = strides === 1 && x.shape[3] === filters
  const shortcut = same ? x : convolution(x, `${name}_shortcut`, filters, strides)
  return apply(
    tf.layers.reLU({ name: `${name}_relu2` }),
    apply(tf.layers.add({ name: `${name}_add` }), second, shortcut),
  )
}

/** A classifier of images [20, 20, 3] with residual connections and batch normalization. */
export function residualClassifier(): tf.LayersModel {
  const x = tf.input({ shape: [20, 20, 3], name: 'image' })
  let y = apply(tf.layers.reLU({ name: 'stem_relu' }), convolution(x, 'stem', 8, 1))
  y = residual(y, 'block1', 8, 1)
  y = residual(y, 'block2', 16, 2)
  y = apply(tf.layers.dropout({ rate: 0.3, name: 'dropout' }), residual(y, 'block3', 24, 2))
  y = apply(tf.layers.globalAveragePooling2d({ name: 'pool' }), y)
  const classes = tf.layers.dense({ name: 'classes', units: 10, activation: 'softmax' })
  const model = tf.model({ inputs: x, outputs: apply(classes, y), name: 'classifier' })
  randomize(model, 3)
  return model
}

/** Tags for a sentence of any length, and a label for all of it: words, masked, through recurrent layers both ways. */
export function recurrentTagger(): tf.LayersModel {
  const words = tf.input({ shape: [null], name: 'words', dtype: 'int32' })
  const embedded = apply(
    tf.layers.embedding({ name: 'embedding', inputDim: 50, outputDim: 12, maskZero: true }),
    words,
  )
  const both = tf.layers.bidirectional({
    name: 'both',
    layer: tf.layers.lstm({ name: 'lstm', units: 10, returnSequences: true }) as tf.RNN,
    mergeMode: 'concat',
  })
  const context = apply(both, embedded)
  const tag = tf.layers.dense({ name: 'tag', units: 5, activation: 'softmax' })
  const tags = apply(tf.layers.timeDistributed({ name: 'tags', layer: tag }), context)
  const state = apply(tf.layers.gru({ name: 'gru', units: 8, recurrentActivation: 'sigmoid' }), context)
  const label = apply(tf.layers.dense({ name: 'label', units: 3, activation: 'softmax' }), state)
  const model = tf.model({ inputs: words, outputs: [tags, label], name: 'tagger' })
  randomize(model, 4)
  return model
}
