import type { Card } from '../../models/card.ts'
import type { ModelCatalog } from '../catalog/model-catalog.ts'
import { readableModels } from '../catalog/readable-models.ts'
import { Problem } from '../http/problem.ts'

/** The card of the model that a link names, or else of the default model. @throws Problem not-found where there is none */
export async function requireCard(catalog: ModelCatalog, given: URLSearchParams): Promise<Card> {
  const card = await cardOf(catalog, given)
  if (card) return card
  throw new Problem('not-found', 'There is no model to make a picture of this page.')
}

/** The card of the model that a link names, or else of the default model; undefined where there is none. */
export async function cardOf(catalog: ModelCatalog, given: URLSearchParams): Promise<Card | undefined> {
  const there = readableModels(await catalog.list())
  const wanted = [given.get('model'), await catalog.defaultId()]
  return wanted.map(id => there.find(each => each.id === id)?.card).find(Boolean)
}

/** The cards of all models that can be used, in the order of their ids. */
export async function readableCards(catalog: ModelCatalog): Promise<Card[]> {
  return readableModels(await catalog.list()).map(({ card }) => card)
}
