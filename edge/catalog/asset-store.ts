import { Card } from '../../models/card.ts'
import type { Entry, Store } from '../platform.ts'

/** Where the build puts models among the static assets. */
export const ASSET_FOLDER = '/zoo'

/** A Worker's binding to its static assets. */
export interface Assets {
  fetch(request: Request | string): Promise<Response>
}

/** Models as static assets, deployed with the Worker: their list never changes while it lives. */
export function assetStore(assets: Assets): Store {
  let entries: readonly Entry[] | undefined
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
    fresh: () => entries !== undefined,
    async read(id, file) {
      return new Uint8Array(await (await fetchAsset(`${id}/${file}`)).arrayBuffer())
    },
  }
}

function parseCatalog(json: unknown): Entry[] {
  if (!Array.isArray(json)) throw new Error('catalog.json: expected a list of models')
  return json.map((item: { id: string; card: unknown }): Entry => {
    const { data, error } = Card.safeParse(item.card)
    return data
      ? { id: item.id, card: data }
      : { id: item.id, reason: `its card: ${error?.issues[0].message}` }
  })
}
