import { pointSize } from '../../models/latent/draws.ts'
import type { Platform } from '../platform.ts'
import { messageOf } from './model.ts'
import type { ModelCatalog } from './model-catalog.ts'

/**
 * Looks for a model that decodes: the prior's mean must give finite numbers. The reasons of models that do not are
 * logged.
 *
 * @returns the id of the first that does; undefined where none does
 */
export async function findReadyModel(platform: Platform, catalog: ModelCatalog): Promise<string | undefined> {
  // The default model first: in a Worker it is loaded already.
  const first = await catalog.defaultId()
  const entries = await catalog.list()
  const inOrder = [...entries.filter(({ id }) => id === first), ...entries.filter(({ id }) => id !== first)]
  for (const { id, card } of inOrder) {
    if (!card) continue
    try {
      const { model } = await catalog.find(id)
      const point = new Float32Array(pointSize(card))
      point.set(card.prior.mean)
      const xhat = await model.decode(point)
      if (xhat.every(Number.isFinite)) return id
    } catch (error) {
      platform.log(`readyz: ${id}: ${messageOf(error)}`)
    }
  }
  return undefined
}
