import type { Card } from '../../models/card.ts'
import paper from '../../models/paper.json'

export type Loss = 'bce' | 'mse' | 'l1'
export type Dataset = 'mnist' | 'fashionMnist' | 'freyFace'

/** The paper's data sets: what they are called there, and in a card. */
export const DATASETS: Record<Dataset, { title: string; card: string }> = {
  mnist: { title: 'MNIST', card: 'mnist' },
  fashionMnist: { title: 'Fashion-MNIST', card: 'fashion' },
  freyFace: { title: 'FreyFace', card: 'frey' },
}

/** One of the paper's rows: what was trained, its loss per pixel with the deviation over the folds, and our model of it. */
export interface Finding {
  title: string
  kind: 'AE' | 'VAE'
  layers: number
  latentDim: number
  validation: Figure
  test: Figure
  ours: { card: Card; test: number } | undefined
}

interface Figure {
  mean: number
  deviation: number
}

interface PaperFigure {
  mean: number
  stdPercent: number
}

const figure = ({ mean, stdPercent }: PaperFigure): Figure => ({ mean, deviation: stdPercent / 100 })

/** Tables 3 to 8: by latent dimensions or by layers, for one loss and one data set. */
export function architectures(
  table: 'latentDims' | 'depths',
  loss: Loss,
  dataset: Dataset,
  cards: readonly Card[],
): Finding[] {
  return paper[table][loss].map(row => {
    const { model, layers, latentDim } = row
    const measured = row[dataset]
    const ours = find(cards, loss, card => {
      const a = card.architecture
      return (
        card.dataset.name.startsWith(DATASETS[dataset].card) &&
        a.kind === model.toLowerCase() &&
        a.layers === layers &&
        a.latentDim === latentDim &&
        card.objective.beta === (a.kind === 'vae' ? 1 : 0) &&
        isPrior(card, 0, 1)
      )
    })
    const kind = model as 'AE' | 'VAE'
    return {
      title:
        table === 'depths'
          ? `${kind}, ${layers} ${layers === 1 ? 'layer' : 'layers'}`
          : `${kind}, ${latentDim} dimensions`,
      kind,
      layers,
      latentDim,
      validation: figure(measured.validation),
      test: figure(measured.test),
      ours,
    }
  })
}

/** Table 1: VAEs of two layers with four priors, on MNIST. */
export function priors(cards: readonly Card[]): Finding[] {
  return paper.priorsOnMnist.rows.map(({ prior, validation, test }) => ({
    title: `𝒩((${prior.mean.join(', ')}), diag(${prior.variance.join(', ')}))`,
    ...TWO_LAYERS,
    validation: figure(validation),
    test: figure(test),
    ours: find(
      cards,
      'bce',
      card =>
        isTwoLayerVae(card) &&
        card.objective.beta === 1 &&
        card.prior.mean.join() === prior.mean.join() &&
        card.prior.variance.join() === prior.variance.join(),
    ),
  }))
}

/** Table 2: VAEs of two layers with four betas, on MNIST. */
export function betas(cards: readonly Card[]): Finding[] {
  return paper.betasOnMnist.rows.map(({ beta, validation, test }) => ({
    title: `β = ${beta}`,
    ...TWO_LAYERS,
    validation: figure(validation),
    test: figure(test),
    ours: find(
      cards,
      'bce',
      card => isTwoLayerVae(card) && card.objective.beta === beta && isPrior(card, 0, 1),
    ),
  }))
}

const TWO_LAYERS = { kind: 'VAE', layers: 2, latentDim: 2 } as const

function isTwoLayerVae(card: Card): boolean {
  const { kind, layers, latentDim } = card.architecture
  return card.dataset.name === 'mnist' && kind === 'vae' && layers === 2 && latentDim === 2
}

function isPrior(card: Card, mean: number, variance: number): boolean {
  return card.prior.mean.every(m => m === mean) && card.prior.variance.every(v => v === variance)
}

/** The first card that fits, was trained on `loss` and says what it is over the test set with z = mu. */
function find(cards: readonly Card[], loss: Loss, fits: (card: Card) => boolean): Finding['ours'] {
  for (const card of cards) {
    if (card.objective.reconstruction !== loss || !fits(card)) continue
    const metric = card.metrics.find(m => m.name === loss && m.split === 'test' && m.latent === 'mu')
    if (typeof metric?.value === 'number') return { card, test: metric.value }
  }
  return undefined
}

/** Who wrote the paper, and what it is called. */
export const SOURCE: string = paper.source
