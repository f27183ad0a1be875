import type { Card } from '../../../models/card.ts'
import { parseImage, testIndex } from '../../../models/images/image-code.ts'
import { latentSizeModels, type PaperData } from '../../../models/paper/latent-size-models.ts'
import { pointOf } from '../view-preview.ts'

/**
 * What a preview shows, with the models it is made of: of those that there are. Without any there are words for it, but no
 * picture.
 */
export type Plan =
  /** One image and what several models of its data set make of it. */
  | { view: 'reconstruct'; models: readonly Card[]; image: SourceImage }
  /** The same points, image or seed in two models. */
  | { view: 'compare'; models: readonly Card[]; by: 'point' | 'seed' | SourceImage }
  /** Test images as the models of a figure of the paper reconstruct them, a row each. */
  | { view: 'paper'; models: readonly Card[] }
  /** The encoded test set on a plane, as training in the page ends. */
  | { view: 'train'; models: readonly Card[] }
  /** The visitor's own image, and what its point is decoded to. */
  | { view: 'own'; models: readonly [Card]; image: Float32Array }
  /** A map of a model's plane. */
  | { view: 'plane'; models: readonly [Card] }
  /** Paths between classes, a row each. */
  | { view: 'gallery'; models: readonly [Card] }

/** An image that an address names: a test image by its index, or the visitor's own pixels. */
export type SourceImage = number | Float32Array

/**
 * Models of the Reconstruct view: at most `models` that the address names, or else the first `defaults` with at most
 * `latentSize` numbers.
 */
const RECONSTRUCT = { models: 8, latentSize: 16, defaults: 3 }

/**
 * What the preview of a link to the page shows. Undefined for views whose picture is that of one operation.
 *
 * @param card of the model that the address names, or else of the default one
 * @param cards all that can be used, in the order of their ids
 * @param given the query of the page's address; `view` may be `gallery`
 */
export function planPicture(card: Card, cards: readonly Card[], given: URLSearchParams): Plan | undefined {
  const view = given.get('view') || 'explore'
  if (view === 'explore') return planPlane(card, given)
  if (view === 'gallery') return { view, models: [card] }
  if (view === 'train') return planTraining(cards)
  if (view === 'paper') return planPaper(cards, given)
  if (view === 'compare') return planComparison(card, cards, given)
  return view === 'reconstruct' ? planReconstruction(card, cards, given) : undefined
}

/** The visitor's own image, or the plane of a model that the address names without a point of it. */
function planPlane(card: Card, given: URLSearchParams): Plan | undefined {
  const image = imageOf(card, given)
  if (typeof image !== 'number') return { view: 'own', models: [card], image }
  const isPlane = given.has('model') && card.architecture.latentDim > 1 && !pointOf(card, given).z
  return isPlane ? { view: 'plane', models: [card] } : undefined
}

function planTraining(cards: readonly Card[]): Plan {
  const planar = cards.filter(
    ({ architecture: { kind, latentDim, classes }, dataset }) =>
      kind === 'vae' && latentDim === 2 && classes === undefined && dataset.classes.length > 0,
  )
  const digits = planar.filter(({ dataset }) => dataset.name === 'mnist')
  const best = digits.find(({ id }) => id.endsWith('-best')) ?? digits[0] ?? planar[0]
  return { view: 'train', models: best ? [best] : [] }
}

/** Names of the data sets in ids, by those in the page's address. */
const PAPER_DATA: ReadonlyMap<string | null, PaperData> = new Map([
  ['mnist', 'mnist'],
  ['fashionMnist', 'fashion'],
  ['freyFace', 'frey'],
])

function planPaper(cards: readonly Card[], given: URLSearchParams): Plan {
  const ids = latentSizeModels(PAPER_DATA.get(given.get('data')) ?? 'mnist')
  return { view: 'paper', models: ids.flatMap(id => cards.find(card => card.id === id) ?? []) }
}

function planComparison(card: Card, cards: readonly Card[], given: URLSearchParams): Plan {
  const others = cards.filter(one => one !== card)
  const alike = others.find(({ dataset }) => dataset.name === card.dataset.name)
  const other = cards.find(({ id }) => id === given.get('other')) ?? alike ?? others[0]
  const by = given.get('by')
  const shared = by === 'image' ? imageOf(card, given) : by === 'seed' ? by : 'point'
  return { view: 'compare', models: other ? [card, other] : [], by: shared }
}

function planReconstruction(card: Card, cards: readonly Card[], given: URLSearchParams): Plan {
  const alike = cards.filter(({ dataset }) => dataset.name === card.dataset.name)
  const ids = (given.get('among') ?? '').split(',')
  const named = alike.filter(({ id }) => ids.includes(id))
  const small = alike.filter(one => one !== card && one.architecture.latentDim <= RECONSTRUCT.latentSize)
  const models =
    named.length > 0
      ? named.slice(0, RECONSTRUCT.models)
      : [card, ...small.slice(0, RECONSTRUCT.defaults - 1)]
  return { view: 'reconstruct', models, image: imageOf(card, given) }
}

/** The image that an address names; the first test image where it cannot be read. */
function imageOf({ dataset }: Card, given: URLSearchParams): SourceImage {
  const text = given.get('x') ?? ''
  const own = parseImage(text, dataset.width * dataset.height)
  if (own) return own
  return testIndex(text) ?? 0
}
