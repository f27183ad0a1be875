import { type DBSchema, openDB } from 'idb'
import { type Catalog, LOCAL_PREFIX, type LocalModel } from '../../catalog/catalog.ts'
import type { BroughtModel } from './describe-onnx.ts'

interface Schema extends DBSchema {
  models: { key: string; value: LocalModel }
}

/** Rejects where the browser blocks storage; `openDB` itself may throw there. */
const open = async () =>
  openDB<Schema>('latent-edge-models', 1, {
    upgrade: database => void database.createObjectStore('models', { keyPath: 'id' }),
  })

/** The models that this browser keeps; none where it blocks storage. */
export async function listLocalModels(): Promise<LocalModel[]> {
  return open().then(
    db => db.getAll('models'),
    () => [],
  )
}

/** Adds the models that this browser keeps to the catalog. */
export async function restoreLocalModels(catalog: Catalog): Promise<void> {
  for (const model of await listLocalModels()) catalog.add(model)
}

/** A model to be kept in this browser, with a name for the page. */
export function localModel({ card, files }: BroughtModel, title: string): LocalModel {
  const { 'encoder.onnx': encoder, 'decoder.onnx': decoder, 'latents.safetensors': latents } = files
  return {
    id: `${LOCAL_PREFIX}${card.version}`,
    title,
    card,
    files: {
      'decoder.onnx': decoder,
      'latents.safetensors': latents,
      ...(encoder && { 'encoder.onnx': encoder }),
    },
  }
}

/**
 * Adds a model to the catalog, or replaces the one of its id, and keeps it in this browser.
 *
 * @returns whether it could be kept
 */
export async function keepLocalModel(catalog: Catalog, model: LocalModel): Promise<boolean> {
  catalog.add(model)
  return open()
    .then(db => db.put('models', model))
    .then(
      () => true,
      () => false,
    )
}

/** Forgets a model of this browser. */
export async function removeLocalModel(catalog: Catalog, id: string): Promise<void> {
  catalog.remove(id)
  await open()
    .then(db => db.delete('models', id))
    .catch(() => {})
}
