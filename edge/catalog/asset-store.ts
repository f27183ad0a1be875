import { Card } from '../../models/card.ts'
import type { CatalogEntry, ModelStore } from '../platform.ts'
import { unreadableModels } from './readable-models.ts'

/** The folder of the models among the static assets. */
export const ASSET_FOLDER = '/zoo'

/** A Worker's binding to its static assets. */
export interface Assets {
  fetch(request: Request | string): Promise<Response>
}

/** Models that were deployed with the Worker as static assets. Their list does not change. */
export function assetStore(assets: Assets): ModelStore {
  let entries: readonly CatalogEntry[] | undefined
  async function fetchAsset(path: string): Promise<Response> {
    const response = await assets.fetch(`https://assets.local${ASSET_FOLDER}/${path}`)
    if (response.ok) return response
    await response.body?.cancel()
    throw new Error(`asset ${path}: expected status 200, got ${response.status}`)
  }
  return {
    async list() {
      entries ??= parseCatalog(await (await fetchAsset('catalog.json')).json())
      return entries
    },
    isFresh: () => entries !== undefined,
    incidents: () => unreadableModels(entries ?? []),
    async read(id, file) {
      return new Uint8Array(await (await fetchAsset(`${id}/${file}`)).arrayBuffer())
    },
  }
}

function parseCatalog(json: unknown): CatalogEntry[] {
  if (!Array.isArray(json)) throw new Error('catalog.json: expected a list of models')
  return json.map(({ id, card, reason }: { id: string; card: unknown; reason?: string }): CatalogEntry => {
    if (reason !== undefined) return { id, reason }
    const { data, error } = Card.safeParse(card)
    return data ? { id, card: data } : { id, reason: `card: ${error?.issues[0].message}` }
  })
}
