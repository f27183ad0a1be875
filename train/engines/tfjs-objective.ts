import * as tf from '@tensorflow/tfjs'
import { type DenseShape, decoderLayers, encoderLayers } from '../../models/architecture.ts'
import type { Architecture, Prior } from '../../models/card.ts'
import type { Task } from '../step/objective.ts'

/** Tensors by the names of `parameterShapes`. */
export type Weights = Readonly<Record<string, tf.Tensor>>

/** What one batch feeds the objective. */
export interface TensorBatch {
  /** Images in [0, 1], [batch, D_x]. */
  x: tf.Tensor2D
  /** Standard normals, [L, batch, D_z]; null for an AE. */
  eps: tf.Tensor3D | null
  /** Weight of the KL term. */
  beta: number
}

/**
 * The objective of `symbolicObjective` in TF.js operations, for TF.js to differentiate. Scalars in nats per image,
 * means over the batch.
 *
 * @param weights the model's parameters
 */
export function tensorObjective(
  { architecture, objective, prior }: Task,
  weights: Weights,
  { x, eps, beta }: TensorBatch,
): { loss: tf.Scalar; reconstruction: tf.Scalar; kl: tf.Scalar } {
  const [images] = x.shape
  const [mu, logvar] = encode(architecture, weights, x)
  if (!logvar || !eps) {
    const reconstruction = tf.div<tf.Scalar>(
      errors(objective.reconstruction, architecture, decode(architecture, weights, mu), x),
      images,
    )
    return { loss: reconstruction, reconstruction, kl: tf.scalar(0) }
  }
  const draws = eps.shape[0]
  const z = tf.add(mu, tf.mul(tf.exp(tf.div(logvar, 2)), eps))
  const logits = decode(architecture, weights, tf.reshape(z, [draws * images, architecture.latentDim]))
  const target = tf.tile(x, [draws, 1])
  const reconstruction = tf.div<tf.Scalar>(
    errors(objective.reconstruction, architecture, logits, target),
    draws * images,
  )
  const kl =
    objective.kl === 'analytic'
      ? tf.div<tf.Scalar>(divergence(mu, logvar, prior), images)
      : tf.div<tf.Scalar>(logRatio(z, mu, logvar, prior), draws * images)
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

/** The reconstruction term over all elements: bce −ln p(x) = softplus(l) − x·l, squared or absolute error. */
function errors(
  reconstruction: Task['objective']['reconstruction'],
  { output }: Architecture,
  logits: tf.Tensor,
  x: tf.Tensor,
): tf.Tensor {
  if (reconstruction === 'bce') return tf.sum(tf.sub(tf.softplus(logits), tf.mul(x, logits)))
  const xhat = output === 'sigmoid' ? tf.sigmoid(logits) : output === 'relu' ? tf.relu(logits) : logits
  return reconstruction === 'mse' ? tf.sum(squaredDifference(xhat, x)) : tf.sum(tf.abs(tf.sub(xhat, x)))
}

/** Σ KL(N(mu, diag(exp(logvar))) ‖ prior) over the batch in closed form (Eq. 45). */
function divergence(mu: tf.Tensor, logvar: tf.Tensor, prior: Prior): tf.Tensor {
  const variance = tf.tensor1d(prior.variance)
  const quadratic = tf.div(tf.add(tf.exp(logvar), squaredDifference(mu, tf.tensor1d(prior.mean))), variance)
  return tf.div(tf.sum(tf.sub(tf.add(quadratic, tf.log(variance)), tf.add(logvar, 1))), 2)
}

/** Σ ln q(z|x) − ln p(z) over the draws (Eq. 42). */
function logRatio(z: tf.Tensor, mu: tf.Tensor, logvar: tf.Tensor, prior: Prior): tf.Tensor {
  const priorLog = logDensity(z, tf.tensor1d(prior.mean), tf.log(tf.tensor1d(prior.variance)))
  return tf.sum(tf.sub(logDensity(z, mu, logvar), priorLog))
}

/** ln N(z; mean, exp(logvar)) elementwise, without the constant −½ ln 2π, which both densities share. */
function logDensity(z: tf.Tensor, mean: tf.Tensor, logvar: tf.Tensor): tf.Tensor {
  return tf.mul(tf.add(logvar, tf.div(squaredDifference(z, mean), tf.exp(logvar))), -0.5)
}

/** tf.squaredDifference has no gradient for operands of different rank. */
function squaredDifference(a: tf.Tensor, b: tf.Tensor): tf.Tensor {
  return tf.square(tf.sub(a, b))
}
