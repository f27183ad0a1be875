import type { Architecture, Objective, Prior } from '../../models/card.ts'
import * as e from './expressions/expression.ts'
import { logSumExp } from './expressions/log-sum-exp.ts'
import { type ForwardInputs, type Leaves, symbolicForward, symbolicOutput } from './symbolic-forward.ts'

type Expression = e.Expression

/** The model to train, and its objective. */
export interface Task {
  architecture: Architecture
  objective: Objective
  prior: Prior
}

/** The objective of one batch, symbolically. Scalars in nats per image, means over the batch. */
export interface SymbolicObjective {
  /** reconstruction + beta·kl, the negative ELBO where beta is 1; or the negative importance-weighted bound. */
  loss: Expression
  reconstruction: Expression
  /** Zero for an AE. */
  kl: Expression
}

/** One batch of inputs of the objective. */
export interface SymbolicBatch extends ForwardInputs {
  /** 1 / batch, a scalar. */
  perImage: Expression
  /** Weight of the KL term, a scalar. */
  beta: Expression
}

/**
 * The negative ELBO with L samples an image, its KL term in closed form (Eq. 41) or estimated from the same samples
 * (Eq. 43); for an AE the reconstruction term alone; or the negative importance-weighted bound.
 *
 * @throws RangeError when bce is asked of an output that is no probability
 */
export function symbolicObjective(task: Task, leaves: Leaves, batch: SymbolicBatch): SymbolicObjective {
  const { architecture, objective, prior } = task
  const { samples } = objective
  const { mu, logvar, z, logits } = symbolicForward(architecture, leaves, batch, samples)
  const perImage = (total: Expression) => e.mul(total, batch.perImage)
  const mean = (total: Expression) =>
    samples === 1 ? perImage(total) : e.mul(perImage(total), e.constant(1 / samples))
  const errors = reconstructionErrors(task, logits, batch.x)
  if (!logvar || !batch.eps) {
    const reconstruction = perImage(e.sum(errors))
    return { loss: reconstruction, reconstruction, kl: e.constant(0) }
  }
  if (objective.bound === 'iwae') {
    return importanceBound({ errors, logRatios: logRatios(logvar, batch.eps, z, prior) }, batch, samples)
  }
  const reconstruction = mean(e.sum(errors))
  const kl =
    objective.kl === 'analytic'
      ? perImage(analyticKl(mu, logvar, prior))
      : mean(e.mul(e.sum(logRatios(logvar, batch.eps, z, prior)), e.constant(0.5)))
  return { loss: e.add(reconstruction, e.mul(kl, batch.beta)), reconstruction, kl }
}

/**
 * The negative importance-weighted bound −ln 1/k Σ w with w = p(x|z)·(p(z)/q(z|x))^beta over the k draws of each image
 * (Burda et al. 2016, Eq. 8). Reconstruction and kl are reported as means over the draws.
 *
 * @param draw reconstruction errors [k, batch, D_x] and twice the log ratios of the densities [k, batch, D_z]; without
 *   the axis k for one draw
 */
function importanceBound(
  draw: { errors: Expression; logRatios: Expression },
  { perImage, beta }: SymbolicBatch,
  samples: number,
): SymbolicObjective {
  const perDraw = (values: Expression) => {
    const total = e.sum(values, [values.shape.length - 1])
    return samples === 1 ? e.reshape(total, [1, 'batch']) : total
  }
  const reconstructions = perDraw(draw.errors)
  const kls = e.mul(perDraw(draw.logRatios), e.constant(0.5))
  const logWeights = e.neg(e.add(reconstructions, e.mul(kls, beta)))
  const bounds = e.sub(logSumExp(logWeights), e.constant(Math.log(samples)))
  const mean = (values: Expression) => e.mul(e.mul(e.sum(values), perImage), e.constant(1 / samples))
  return {
    loss: e.neg(e.mul(e.sum(bounds), perImage)),
    reconstruction: mean(reconstructions),
    kl: mean(kls),
  }
}

/** The reconstruction term of every element: bce (Eq. 13), squared (Eq. 11) or absolute error (Eq. 12). */
function reconstructionErrors(
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
    return e.bceWithLogits(logits, x)
  }
  const error = e.sub(symbolicOutput(architecture, logits), x)
  return objective.reconstruction === 'mse' ? e.square(error) : e.abs(error)
}

/** Σ KL(q ‖ prior) over the batch in closed form: Eq. 45 with diagonal covariances. */
function analyticKl(mu: Expression, logvar: Expression, prior: Prior): Expression {
  const spread = scaledDistance(mu, prior, e.exp(logvar))
  const logRatio = e.sub(e.constant(prior.variance.map(v => Math.log(v) - 1)), logvar)
  return e.mul(e.sum(e.add(logRatio, spread)), e.constant(0.5))
}

/**
 * 2·(ln q(z|x) − ln p(z)) of each draw and latent dimension (Eq. 42); with z = mu + σ·eps the exponent of the first
 * density is eps².
 */
function logRatios(logvar: Expression, eps: Expression, z: Expression, prior: Prior): Expression {
  const logPrior = scaledDistance(z, prior)
  const logPosterior = e.add(e.sub(logvar, e.constant(prior.variance.map(Math.log))), e.square(eps))
  return e.sub(logPrior, logPosterior)
}

/** ((value − prior mean)² + extra) / prior variance. */
function scaledDistance(value: Expression, prior: Prior, extra?: Expression): Expression {
  const squared = e.square(e.sub(value, e.constant(prior.mean)))
  return e.mul(extra ? e.add(squared, extra) : squared, e.constant(prior.variance.map(v => 1 / v)))
}
