import type { Card, Metric } from './card.ts'
import { formatId, parseId } from './ids.ts'

/** A point of a rate-distortion curve, over the test images at z drawn from the posterior. */
export interface RateDistortion {
  id: string
  beta: number
  /** Nats per image: the KL divergence of the posteriors from the prior. */
  rate: number
  /** Nats per image: the reconstruction term summed over pixels. */
  distortion: number
  /** Number of test images that the figures are means over. */
  images: number
  pixels: 'grey' | 'binarized'
}

/**
 * The curves of a set of models: VAEs that differ only in beta and id form a curve, sorted by beta. A model without
 * such siblings is left out. The figures are those of the cards.
 */
export function rateDistortionCurves(cards: readonly Card[]): RateDistortion[][] {
  const families = Map.groupBy(
    cards.filter(card => card.architecture.kind === 'vae' && card.objective.reconstruction === 'bce'),
    ({ architecture, objective, prior, dataset, training }) =>
      JSON.stringify([architecture, { ...objective, beta: null }, prior, dataset.name, training.pixels]),
  )
  return [...families.values()]
    .map(family => family.flatMap(pointOf).sort((a, b) => a.beta - b.beta))
    .filter(points => new Set(points.map(({ beta }) => beta)).size > 1)
}

/** The ids that differ from an id in beta alone, and that id; none if the id does not have the zoo's form. */
export function betaFamily(id: string, ids: readonly string[]): string[] {
  const withoutBeta = (one: string) => {
    try {
      return formatId({ ...parseId(one), beta: 1 })
    } catch {
      return undefined
    }
  }
  const family = withoutBeta(id)
  return family === undefined ? [] : ids.filter(one => withoutBeta(one) === family)
}

function pointOf({ id, objective, metrics, architecture, training }: Card): RateDistortion[] {
  const find = (name: Metric['name']) =>
    metrics.find(
      metric =>
        metric.name === name && metric.split === 'test' && metric.latent === 'sampled' && !metric.samples,
    )
  const [kl, bce] = [find('kl'), find('bce')]
  if (!kl || !bce || typeof kl.value !== 'number' || typeof bce.value !== 'number') return []
  return [
    {
      id,
      beta: objective.beta,
      rate: kl.value,
      distortion: bce.value * architecture.inputDim,
      images: kl.images,
      pixels: training.pixels ?? 'grey',
    },
  ]
}
