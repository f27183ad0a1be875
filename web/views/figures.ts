import type { Card } from '../../models/card.ts'
import type { State } from '../state.ts'

/** One of the paper's figures, or several of a kind, as a state of another view. */
export interface FigureLink {
  title: string
  state: Partial<State>
}

/** The paper's figures with the models that the catalog has for them; a figure without a model of its own has any. */
export function figures(cards: readonly Card[]): FigureLink[] {
  const planar = cards.filter(({ dataset, architecture: a }) => dataset.name === 'mnist' && a.latentDim === 2)
  const vaes = planar.filter(card => card.architecture.kind === 'vae')
  const plain = vaes.filter(card => card.objective.beta === 1 && isStandard(card))
  const deepest = (list: readonly Card[]) =>
    list.toSorted((a, b) => b.architecture.layers - a.architecture.layers)[0]
  const ae = deepest(planar.filter(card => card.architecture.kind === 'ae'))
  const vae = deepest(plain)
  const shallow = plain.find(card => card.architecture.layers === 2)
  const shifted = vaes.find(card => !isStandard(card))
  const betas = vaes.filter(card => card.architecture.layers === 2 && isStandard(card))
  const model = (card: Card | undefined): Partial<State> => (card ? { model: card.id, z: [], hide: [] } : {})
  return [
    {
      title: 'Figures 4–9: reconstructions by AEs and VAEs',
      state: { view: 'reconstruct', ...model(vae), among: [ae, vae].flatMap(card => card?.id ?? []) },
    },
    {
      title: 'Figures 10 and 14: the latent spaces of an AE and a VAE',
      state: { view: 'compare', by: 'point', ...model(vae), other: ae?.id ?? '' },
    },
    {
      title: 'Figures 11 and 15: a grid of decoded points',
      state: { view: 'explore', grid: true, ...model(vae) },
    },
    {
      title: 'Figures 12 and 16: random draws',
      state: { view: 'sample', n: 100, from: 'prior', ...model(vae) },
    },
    {
      title: 'Figures 18–27: other priors',
      state: { view: 'compare', by: 'seed', ...model(shallow), other: shifted?.id ?? '' },
    },
    {
      title: 'Figures 28–37: other values of β',
      state: { view: 'reconstruct', ...model(shallow), x: 'test:18', among: betas.map(card => card.id) },
    },
  ]
}

function isStandard({ prior }: Card): boolean {
  return prior.mean.every(m => m === 0) && prior.variance.every(v => v === 1)
}
