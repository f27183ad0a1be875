import * as tf from '@tensorflow/tfjs'
import { type DenseShape, decoderLayers, encoderLayers } from '../../models/architecture.ts'
import type { Architecture, Prior } from '../../models/card.ts'
import type { Task } from '../step/objective.ts'

/** Tensors by the names of `parameterShapes`. */
export type Weights = Readonly<Record<string, tf.Tensor>>

/** One batch of inputs of the objective. */
export interface TensorBatch {
  /** Images in [0, 1], [batch, D_x]. */
  x: tf.Tensor2D
  /** Class probabilities [batch, classes]; null for a model that is not conditional. */
  y: tf.Tensor2D | null
  /** Standard normals, [L, batch, D_z]; null for an AE. */
  eps: tf.Tensor3D | null
  /** Weight of the KL term. */
  beta: number
}

/**
 * The objective of `symbolicObjective` in TF.js operations, which TF.js differentiates. Scalars in nats per image,
 * means over the batch.
 *
 * @param weights the model's parameters
 */
export function tensorObjective(
  { architecture, objective, prior }: Task,
  weights: Weights,
  { x, y, eps, beta }: TensorBatch,
): { loss: tf.Scalar; reconstruction: tf.Scalar; kl: tf.Scalar } {
  const [images] = x.shape
  const joined = (input: tf.Tensor, labels: tf.Tensor | null) =>
    labels ? tf.concat([input, labels], 1) : input
  const [mu, logvar] = encode(architecture, weights, joined(x, y))
  if (!logvar || !eps) {
    const logits = decode(architecture, weights, joined(mu, y))
    const reconstruction = tf.div<tf.Scalar>(
      tf.sum(errors(objective.reconstruction, architecture, logits, x)),
      images,
    )
    return { loss: reconstruction, reconstruction, kl: tf.scalar(0) }
  }
  const draws = eps.shape[0]
  const z = tf.add(mu, tf.mul(tf.exp(tf.div(logvar, 2)), eps))
  const drawn = tf.reshape(z, [draws * images, architecture.latentDim])
  const logits = decode(architecture, weights, joined(drawn, y && tf.tile(y, [draws, 1])))
  const target = tf.tile(x, [draws, 1])
  const perDraw = tf.sum(errors(objective.reconstruction, architecture, logits, target), 1)
  const reconstruction = tf.mean<tf.Scalar>(perDraw)
  const ratios = tf.sum(logRatio(z, mu, logvar, prior), -1)
  if (objective.bound === 'iwae') {
    const kl = tf.mean<tf.Scalar>(ratios)
    const logWeights = tf.neg(tf.add(tf.reshape(perDraw, [draws, images]), tf.mul(ratios, beta)))
    const bounds = tf.sub(tf.logSumExp(logWeights, 0), Math.log(draws))
    return { loss: tf.neg(tf.mean<tf.Scalar>(bounds)), reconstruction, kl }
  }
  const kl =
    objective.kl === 'analytic'
      ? tf.div<tf.Scalar>(divergence(mu, logvar, prior), images)
      : tf.mean<tf.Scalar>(ratios)
  return { loss: tf.add(reconstruction, tf.mul(kl, beta)), reconstruction, kl }
}

/** mu and logvar, [batch, D_z] each; an AE's latent alone. */
function encode(architecture: Architecture, weights: Weights, x: tf.Tensor): tf.Tensor[] {
  const layers = encoderLayers(architecture)
  const heads = architecture.kind === 'vae' ? 2 : 1
  const trunk = hidden(layers.slice(0, -heads), weights, x)
  return layers.slice(-heads).map(head => dense(head, weights, trunk))
}

/** Logits [n, D_x] of latents [n, D_z]. */
function decode(architecture: Architecture, weights: Weights, z: tf.Tensor): tf.Tensor {
  const layers = decoderLayers(architecture)
  return dense(layers[layers.length - 1], weights, hidden(layers.slice(0, -1), weights, z))
}

function hidden(layers: DenseShape[], weights: Weights, input: tf.Tensor): tf.Tensor {
  return layers.reduce((h, layer) => tf.relu(dense(layer, weights, h)), input)
}

function dense({ name }: DenseShape, weights: Weights, input: tf.Tensor): tf.Tensor {
  return tf.add(tf.matMul(input, weights[`${name}/kernel`]), weights[`${name}/bias`])
}

/** The reconstruction term of every element: bce −ln p(x) = softplus(l) − x·l, squared or absolute error. */
function errors(
  reconstruction: Task['objective']['reconstruction'],
  { output }: Architecture,
  logits: tf.Tensor,
  x: tf.Tensor,
): tf.Tensor {
  if (reconstruction === 'bce') return tf.sub(tf.softplus(logits), tf.mul(x, logits))
  const xhat = output === 'sigmoid' ? tf.sigmoid(logits) : output === 'relu' ? tf.relu(logits) : logits
  return reconstruction === 'mse' ? squaredDifference(xhat, x) : tf.abs(tf.sub(xhat, x))
}

/** Σ KL(N(mu, diag(exp(logvar))) ‖ prior) over the batch in closed form (Eq. 45). */
function divergence(mu: tf.Tensor, logvar: tf.Tensor, prior: Prior): tf.Tensor {
  const variance = tf.tensor1d(prior.variance)
  const quadratic = tf.div(tf.add(tf.exp(logvar), squaredDifference(mu, tf.tensor1d(prior.mean))), variance)
  return tf.div(tf.sum(tf.sub(tf.add(quadratic, tf.log(variance)), tf.add(logvar, 1))), 2)
}

/** ln q(z|x) − ln p(z) of each draw and latent dimension (Eq. 42). */
function logRatio(z: tf.Tensor, mu: tf.Tensor, logvar: tf.Tensor, prior: Prior): tf.Tensor {
  const priorLog = logDensity(z, tf.tensor1d(prior.mean), tf.log(tf.tensor1d(prior.variance)))
  return tf.sub(logDensity(z, mu, logvar), priorLog)
}

/** ln N(z; mean, exp(logvar)) elementwise, without the constant −½ ln 2π, which both densities share. */
function logDensity(z: tf.Tensor, mean: tf.Tensor, logvar: tf.Tensor): tf.Tensor {
  return tf.mul(tf.add(logvar, tf.div(squaredDifference(z, mean), tf.exp(logvar))), -0.5)
}

/** (a − b)². Not tf.squaredDifference, which has no gradient for operands of different rank. */
function squaredDifference(a: tf.Tensor, b: tf.Tensor): tf.Tensor {
  return tf.square(tf.sub(a, b))
}
