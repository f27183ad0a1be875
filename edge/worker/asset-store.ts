import type { Card } from '../../models/card.ts'
import { unreadableModels } from '../catalog/readable-models.ts'
import type { CatalogEntry, ModelStore } from '../platform.ts'

/** The folder of the models among the static assets. */
export const ASSET_FOLDER = '/zoo'

/** A Worker's binding to its static assets. */
export interface Assets {
  fetch(request: Request | string): Promise<Response>
}

/** The data that the build puts into the Worker's script, so that the first request does not fetch it. */
export interface Bundled {
  /** The models among the static assets, whose cards and files the build has checked. */
  entries: readonly CatalogEntry[]
  /** The default model, which is asked for most, and its decoder.onnx. */
  first?: { card: Card; decoder: Uint8Array<ArrayBuffer> }
}

/** The models that were deployed with the Worker as static assets. Their list does not change. */
export function assetStore(assets: Assets, { entries }: Bundled): ModelStore {
  return {
    list: async () => entries,
    isFresh: () => true,
    incidents: () => unreadableModels(entries),
    async read(id, file) {
      const path = `${id}/${file}`
      const response = await assets.fetch(`https://assets.local${ASSET_FOLDER}/${path}`)
      if (response.ok) return new Uint8Array(await response.arrayBuffer())
      await response.body?.cancel()
      throw new Error(`asset ${path}: expected status 200, got ${response.status}`)
    },
  }
}

/**
 * Reads the data that the build has put into the script.
 *
 * @param catalog JSON: the entries, and as `first` the id of the model whose decoder is bundled
 * @param decoder its decoder.onnx; empty where there is none
 */
export function readBundled(catalog: string, decoder: ArrayBuffer): Bundled {
  const { entries, first } = JSON.parse(catalog) as { entries: CatalogEntry[]; first?: string }
  const card = entries.find(({ id }) => id === first)?.card
  return { entries, ...(card && { first: { card, decoder: new Uint8Array(decoder) } }) }
}
