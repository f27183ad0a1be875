import type { Metric } from '../../models/card.ts'
import type { Evaluation } from './evaluation.ts'
import type { Task } from './objective.ts'

/**
 * The figures of an evaluation, each with its unit. The ELBO is that of the objective's reconstruction term (for mse and l1
 * up to a constant: see `Metric`), and only given where z was drawn: with z = mu it bounds nothing.
 *
 * @param binarized whether the images evaluated had binary pixels
 */
export function asMetrics(
  split: Metric['split'],
  evaluation: Evaluation,
  { architecture, objective }: Pick<Task, 'architecture' | 'objective'>,
  binarized = false,
): Metric[] {
  const { images, latent, posterior } = evaluation
  const metric = (name: Metric['name'], unit: Metric['unit'], value: Metric['value']): Metric => ({
    name,
    unit,
    split,
    images,
    latent,
    ...(binarized && { pixels: 'binarized' as const }),
    value,
  })
  const pixels = [
    metric('bce', 'nats per pixel', evaluation.bce),
    metric('mse', 'squared intensity per pixel', evaluation.mse),
    metric('l1', 'intensity per pixel', evaluation.l1),
    metric('activeUnits', 'dimensions', evaluation.activeUnits),
  ]
  if (!posterior) return pixels
  const figures = [
    ...pixels,
    metric('kl', 'nats per image', posterior.kl),
    metric('klPerDimension', 'nats per image', posterior.klPerDimension),
  ]
  if (latent === 'mu') return figures
  const reconstruction = evaluation[objective.reconstruction] * architecture.inputDim
  return [...figures, metric('elbo', 'nats per image', -(reconstruction + posterior.kl))]
}
