import { type DenseShape, decoderLayers, encoderLayers } from '../../models/architecture.ts'
import type { Architecture, Objective, Prior } from '../../models/card.ts'
import * as e from './expression.ts'

type Expression = e.Expression

/** What is trained and towards what. */
export interface Task {
  architecture: Architecture
  objective: Objective
  prior: Prior
}

/** Leaves for the tensors of `parameterShapes`, by name. */
export type Leaves = Readonly<Record<string, Expression>>

/** A pass through the whole model, symbolically. */
export interface SymbolicForward {
  /** Posterior mean, [batch, D_z]; for an AE the latent itself. */
  mu: Expression
  /** Log of the posterior variance, [batch, D_z]; null for an AE. */
  logvar: Expression | null
  /** The latent that was decoded: [batch, D_z], or [L, batch, D_z] for L > 1. */
  z: Expression
  /** The decoder's output before its last activation, [batch, D_x] or [L, batch, D_x]. */
  logits: Expression
}

/**
 * Encoder, z = mu + exp(logvar/2)·eps (an AE: its latent), decoder.
 *
 * @param x images in [0, 1], [batch, D_x]
 * @param eps standard normals, [batch, D_z] or for `samples` > 1 [samples, batch, D_z]; null for an AE
 */
export function symbolicForward(
  architecture: Architecture,
  leaves: Leaves,
  x: Expression,
  eps: Expression | null,
  samples = 1,
): SymbolicForward {
  const dense = (input: Expression, layer: DenseShape) =>
    e.gemm(input, leaves[`${layer.name}/kernel`], { bias: leaves[`${layer.name}/bias`] })
  const hidden = (input: Expression, layers: DenseShape[]) =>
    layers.reduce((h, layer) => e.relu(dense(h, layer)), input)
  const decode = (z: Expression) => {
    const layers = decoderLayers(architecture)
    return dense(hidden(z, layers.slice(0, -1)), layers[layers.length - 1])
  }

  const heads = architecture.kind === 'vae' ? 2 : 1
  const encoder = encoderLayers(architecture)
  const trunk = hidden(x, encoder.slice(0, -heads))
  const [mu, logvar = null] = encoder.slice(-heads).map(head => dense(trunk, head))
  if (!logvar || !eps) return { mu, logvar, z: mu, logits: decode(mu) }
  const z = e.add(mu, e.mul(e.exp(e.mul(logvar, e.constant(0.5))), eps))
  if (samples === 1) return { mu, logvar, z, logits: decode(z) }
  const { inputDim, latentDim } = architecture
  const logits = decode(e.reshape(z, ['drawn', latentDim]))
  return { mu, logvar, z, logits: e.reshape(logits, [samples, 'batch', inputDim]) }
}

/** The decoder's last activation: images from logits. */
export function symbolicOutput(architecture: Architecture, logits: Expression): Expression {
  if (architecture.output === 'identity') return logits
  return architecture.output === 'sigmoid' ? e.sigmoid(logits) : e.relu(logits)
}

/** The objective of one batch, symbolically. Scalars in nats per image, means over the batch. */
export interface SymbolicObjective {
  /** reconstruction + beta·kl; the negative ELBO where beta is 1. */
  loss: Expression
  reconstruction: Expression
  /** Zero for an AE. */
  kl: Expression
}

/** What a batch feeds the objective. */
export interface SymbolicBatch {
  /** Images in [0, 1], [batch, D_x]. */
  x: Expression
  /** Standard normals, [batch, D_z], or [L, batch, D_z] for L > 1 samples; null for an AE. */
  eps: Expression | null
  /** 1 / batch, a scalar. */
  perImage: Expression
  /** Weight of the KL term, a scalar. */
  beta: Expression
}

/**
 * The negative ELBO with L samples an image, its KL term in closed form (Eq. 41) or estimated from the same samples
 * (Eq. 43); for an AE the reconstruction term alone.
 *
 * @throws RangeError when bce is asked of an output that is no probability
 */
export function symbolicObjective(task: Task, leaves: Leaves, batch: SymbolicBatch): SymbolicObjective {
  const { architecture, objective, prior } = task
  const { samples } = objective
  const { mu, logvar, z, logits } = symbolicForward(architecture, leaves, batch.x, batch.eps, samples)
  const perImage = (total: Expression) => e.mul(total, batch.perImage)
  const mean = (total: Expression) =>
    samples === 1 ? perImage(total) : e.mul(perImage(total), e.constant(1 / samples))
  if (!logvar || !batch.eps) {
    const reconstruction = perImage(reconstructionTotal(task, logits, batch.x))
    return { loss: reconstruction, reconstruction, kl: e.constant(0) }
  }
  const reconstruction = mean(reconstructionTotal(task, logits, batch.x))
  const kl =
    objective.kl === 'analytic'
      ? perImage(analyticKl(mu, logvar, prior))
      : mean(monteCarloKl(logvar, batch.eps, z, prior))
  return { loss: e.add(reconstruction, e.mul(kl, batch.beta)), reconstruction, kl }
}

/** The reconstruction term summed over all elements: bce (Eq. 13), squared (Eq. 11) or absolute error (Eq. 12). */
function reconstructionTotal(
  { architecture, objective }: Task,
  logits: Expression,
  x: Expression,
): Expression {
  if (objective.reconstruction === 'bce') {
    if (architecture.output !== 'sigmoid') {
      throw new RangeError(
        `reconstruction: bce needs probabilities, expected output sigmoid, got ${architecture.output}`,
      )
    }
    return e.sum(e.bceWithLogits(logits, x))
  }
  const error = e.sub(symbolicOutput(architecture, logits), x)
  return e.sum(objective.reconstruction === 'mse' ? e.square(error) : e.abs(error))
}

/** Σ KL(q ‖ prior) over the batch in closed form: Eq. 45 with diagonal covariances. */
function analyticKl(mu: Expression, logvar: Expression, prior: Prior): Expression {
  const spread = scaledDistance(mu, prior, e.exp(logvar))
  const logRatio = e.sub(e.constant(prior.variance.map(v => Math.log(v) - 1)), logvar)
  return e.mul(e.sum(e.add(logRatio, spread)), e.constant(0.5))
}

/** Σ ln q(z|x) − ln p(z) over the draws (Eq. 42); with z = mu + σ·eps the first density's exponent is eps². */
function monteCarloKl(logvar: Expression, eps: Expression, z: Expression, prior: Prior): Expression {
  const logPrior = scaledDistance(z, prior)
  const logPosterior = e.add(e.sub(logvar, e.constant(prior.variance.map(Math.log))), e.square(eps))
  return e.mul(e.sum(e.sub(logPrior, logPosterior)), e.constant(0.5))
}

/** ((value − prior mean)² + extra) / prior variance. */
function scaledDistance(value: Expression, prior: Prior, extra?: Expression): Expression {
  const squared = e.square(e.sub(value, e.constant(prior.mean)))
  return e.mul(extra ? e.add(squared, extra) : squared, e.constant(prior.variance.map(v => 1 / v)))
}
